// The little of Node that this folder uses, declared here so that the rest of the package cannot see Node at all.

declare module "node:v8" {
  export function setFlagsFromString(flags: string): void;
}

declare module "node:perf_hooks" {
  export const performance: { now(): number };
}
