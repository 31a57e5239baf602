// Where the rows of a loop begin: row numbers taken apart into the axes that rows are made of.

import { type Expression, i32, type Scope, type Statement } from "@elbo/tensor/kernels";

/** The place along each axis of a row's number, which counts in row-major order over `lengths`. */
export function placesOf(
  scope: Scope,
  row: Expression<"i32">,
  lengths: readonly number[],
): { readonly places: readonly Expression<"i32">[]; readonly statements: readonly Statement[] } {
  if (lengths.length <= 1) return { places: lengths.map(() => row), statements: [] };
  const places = lengths.map(() => scope.local("i32"));
  const rest = scope.local("i32");
  const statements: Statement[] = [rest.set(row)];
  for (let axis = lengths.length - 1; axis >= 0; axis--) {
    const length = i32.const(lengths[axis]);
    statements.push(places[axis].set(axis === 0 ? rest : i32.remU(rest, length)));
    if (axis > 0) statements.push(rest.set(i32.divU(rest, length)));
  }
  return { places, statements };
}

/** `address + sum of places * strides`, strides in numbers of four bytes. */
export function addressAt(
  address: number,
  places: readonly Expression<"i32">[],
  strides: readonly number[],
): Expression<"i32"> {
  return places.reduce<Expression<"i32">>(
    (sum, place, axis) => (strides[axis] === 0 ? sum : i32.add(sum, i32.mul(place, i32.const(4 * strides[axis])))),
    i32.const(address),
  );
}
