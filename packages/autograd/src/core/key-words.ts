// A key as a tensor of its two words, which is how operations of the table take it and give it.

import {
  asTensor,
  DTypeError,
  formatShape,
  fromTypedArray,
  type Key,
  ShapeError,
  type Tensor,
  type TensorLike,
} from "@elbo/tensor";

/** The words of a key as int32 numbers of the same bits, of shape [2]. */
export const wordsOf = (key: Key): Tensor => fromTypedArray(Int32Array.from(key.words), [2]);

/**
 * The key that `wordsOf` wrote down.
 * @throws DTypeError, ShapeError where there are other numbers than two of int32
 */
export function keyOf(op: string, words: TensorLike): Key {
  const tensor = asTensor(op, words);
  if (tensor.dtype !== "int32") {
    throw new DTypeError(`the words of a key are int32, got ${tensor.dtype}`, { op });
  }
  if (tensor.shape.length !== 1 || tensor.shape[0] !== 2) {
    throw new ShapeError(`a key has two words, got ${formatShape(tensor.shape)}`, { op, shapes: [tensor.shape] });
  }
  const [first, second] = tensor.data;
  return { words: [first >>> 0, second >>> 0] };
}
