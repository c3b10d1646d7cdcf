//===- Fourier.cpp - Decimation in frequency, a pass for each prime of the length -------------===//
//
// Before a pass over prime p the signal is `done` interleaved signals of length p * rest. The pass
// takes p elements that are `rest` apart, transforms these by the definition, and turns result q of
// them by the root of unity q * i * done; so it leaves done * p signals of length rest. Of a prime
// greater than 2, elements j and p - j are taken together, as their sum and their difference: half
// the multiplications, and what cancels in exact arithmetic does so here.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/Lower/Fourier.h"
#include <cmath>

using namespace mlir;

namespace azulejo::lower {
namespace {

constexpr int64_t kLargestPrime = 13;

SmallVector<int64_t> getPrimes(int64_t length) {
  SmallVector<int64_t> primes;
  for (int64_t p = 2; p <= kLargestPrime; ++p)
    for (; length % p == 0; length /= p)
      primes.push_back(p);
  return primes;
}

struct Complex {
  Value real, imaginary;
};

/// The transform of one signal.
struct Transform {
  ScalarBuilder &b;
  const FourierTransform &transform;
  Value roots;
  Type type;

  Complex add(Complex x, Complex y) {
    return {b.add(x.real, y.real), b.add(x.imaginary, y.imaginary)};
  }
  Complex sub(Complex x, Complex y) {
    return {b.sub(x.real, y.real), b.sub(x.imaginary, y.imaginary)};
  }
  Complex scale(Complex x, double factor) {
    Value number = b.constant(type, factor);
    return {b.mul(number, x.real), b.mul(number, x.imaginary)};
  }

  /// The elements of a pass, transformed.
  SmallVector<Complex> transformPrime(ArrayRef<Complex> x) {
    int64_t p = x.size(), half = p / 2;
    if (p == 2)
      return {add(x[0], x[1]), sub(x[0], x[1])};
    SmallVector<Complex> sums, differences, results(p);
    results[0] = x[0];
    for (int64_t j = 1; j <= half; ++j) {
      sums.push_back(add(x[j], x[p - j]));
      differences.push_back(sub(x[j], x[p - j]));
      results[0] = add(results[0], sums.back());
    }
    constexpr double kTurn = 6.283185307179586476925286766559;
    for (int64_t q = 1; q <= half; ++q) {
      Complex even = x[0], odd;
      for (int64_t j = 1; j <= half; ++j) {
        double angle = kTurn * (j * q % p) / p;
        even = add(even, scale(sums[j - 1], std::cos(angle)));
        Complex term =
            scale(differences[j - 1], transform.inverse ? std::sin(angle) : -std::sin(angle));
        odd = j == 1 ? term : add(odd, term);
      }
      // i * odd.
      Complex turned = {odd.imaginary, odd.real};
      results[q] = {b.sub(even.real, turned.real), b.add(even.imaginary, turned.imaginary)};
      results[p - q] = {b.add(even.real, turned.real), b.sub(even.imaginary, turned.imaginary)};
    }
    return results;
  }

  /// x times a root of unity.
  Complex turn(Complex x, Value root) {
    Value cosine = b.convert(b.load(roots, {root, b.index(0)}), type),
          sine = b.convert(b.load(roots, {root, b.index(1)}), type);
    if (!transform.inverse)
      sine = b.sub(b.constant(type, 0), sine);
    return {b.sub(b.mul(x.real, cosine), b.mul(x.imaginary, sine)),
            b.add(b.mul(x.real, sine), b.mul(x.imaginary, cosine))};
  }

  /// One pass, from two vectors (real and imaginary parts) to two others.
  ScalarBuilder::Values pass(ValueRange from, int64_t done, int64_t p) {
    int64_t length = transform.length, rest = length / (done * p);
    Value size = b.index(length);
    return b.forLoops({b.index(done), b.index(rest)}, {b.empty(type, size), b.empty(type, size)},
                      [&](ValueRange at, ValueRange to) {
                        Value signal = at[0], i = at[1];
                        SmallVector<Complex> elements;
                        for (int64_t j = 0; j < p; ++j) {
                          Value place = b.add(i, b.mul(b.add(b.mul(signal, p), j), rest));
                          elements.push_back({b.load(from[0], place), b.load(from[1], place)});
                        }
                        ScalarBuilder::Values carried(to);
                        for (auto [q, value] : llvm::enumerate(transformPrime(elements))) {
                          Complex result = q == 0 ? value : turn(value, b.mul(i, q * done));
                          Value place = b.add(i, b.mul(b.add(signal, q * done), rest));
                          carried = {b.store(result.real, carried[0], place),
                                     b.store(result.imaginary, carried[1], place)};
                        }
                        return carried;
                      });
  }
};

} // namespace

bool isSmooth(int64_t length) {
  int64_t product = 1;
  for (int64_t prime : getPrimes(length))
    product *= prime;
  return length >= 2 && product == length;
}

ScalarBuilder::Values emitTransform(ScalarBuilder &b, const FourierTransform &transform,
                                    Value input, Value roots, Value output, Type computed) {
  int64_t rank = cast<RankedTensorType>(output.getType()).getRank(), axis = transform.axis;
  Type elementType = cast<RankedTensorType>(output.getType()).getElementType();
  ScalarBuilder::Values outer;
  SmallVector<int64_t> place;
  for (int64_t i = 0; i < rank; ++i) {
    bool isOuter = i != axis && i != rank - 1;
    place.push_back(isOuter ? outer.size() : -1);
    if (isOuter)
      outer.push_back(b.dim(output, i));
  }
  Transform one{b, transform, roots, computed};
  return forEachSlice(
      b, output, outer, {place}, [&](ValueRange point, ValueRange slices) -> ScalarBuilder::Values {
        Value zero = b.index(0), size = b.index(transform.length), none = b.constant(computed, 0);
        ScalarBuilder::Values signal =
            b.forLoop(zero, size, {b.empty(computed, size), b.empty(computed, size)},
                      [&](Value n, ValueRange parts) -> ScalarBuilder::Values {
                        ScalarBuilder::Values from;
                        for (int64_t i = 0; i < rank - 1; ++i)
                          from.push_back(i == axis ? n : point[place[i]]);
                        from.push_back(zero);
                        Value isThere = b.less(n, b.dim(input, axis));
                        auto read = [&](int64_t part) {
                          from.back() = b.index(part);
                          return b.ifThen(isThere, none,
                                          [&] { return b.convert(b.load(input, from), computed); });
                        };
                        return {b.store(read(0), parts[0], n),
                                b.store(transform.isReal ? none : read(1), parts[1], n)};
                      });
        int64_t done = 1;
        for (int64_t prime : getPrimes(transform.length)) {
          signal = one.pass(signal, done, prime);
          done *= prime;
        }
        return {b.forLoop(zero, b.dim(slices[0], 0), slices[0], [&](Value k, Value row) {
          Value real = b.load(signal[0], k), imaginary = b.load(signal[1], k);
          if (transform.isReal) {
            // The spectrum of a real signal is its own conjugate, read backwards.
            Value mirrored = b.rem(b.sub(size, k), size), half = b.constant(computed, 0.5);
            real = b.mul(half, b.add(real, b.load(signal[0], mirrored)));
            imaginary = b.mul(half, b.sub(imaginary, b.load(signal[1], mirrored)));
          }
          if (transform.inverse) {
            Value factor = b.div(b.constant(computed, 1), b.constant(computed, transform.length));
            real = b.mul(real, factor);
            imaginary = b.mul(imaginary, factor);
          }
          row = b.store(b.convert(real, elementType), row, {k, zero});
          return b.store(b.convert(imaginary, elementType), row, {k, b.index(1)});
        })};
      });
}

} // namespace azulejo::lower
