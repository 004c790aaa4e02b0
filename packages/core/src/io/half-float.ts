/** The value of each of the 65,536 half-precision floats (IEEE 754 binary16), by its bits. All are exact in float32. */
export function halfFloatTable(): Float32Array {
  return Float32Array.from({ length: 65_536 }, (_, bits) => {
    const exponent = (bits >>> 10) & 31
    const fraction = bits & 1023
    const sign = bits & 0x8000 ? -1 : 1
    if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
  })
}
