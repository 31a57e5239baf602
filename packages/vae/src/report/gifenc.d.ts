// The part of gifenc that is used here: the package brings no types.

declare module "gifenc" {
  /** An encoder of GIF 89a that writes frames one after another. */
  export interface GifEncoder {
    /** Colour indices, row by row; the first frame brings the palette and the number of repetitions, 0 for no end. */
    writeFrame(
      indices: Uint8Array,
      width: number,
      height: number,
      options: {
        readonly palette?: readonly (readonly [number, number, number])[];
        /** Milliseconds. */
        readonly delay?: number;
        readonly repeat?: number;
      },
    ): void;
    finish(): void;
    bytes(): Uint8Array;
  }
  interface Gifenc {
    readonly GIFEncoder: () => GifEncoder;
  }
  /** In Node, the exports together; where a bundler takes the package's ES module, the encoder itself. */
  const gifenc: Gifenc | (() => GifEncoder);
  export default gifenc;
}
