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

constexpr int64_t kPrimes[] = {2, 3, 5, 7, 11, 13};

SmallVector<int64_t> getPrimes(int64_t length) {
  SmallVector<int64_t> primes;
  for (int64_t p : kPrimes)
    for (; length > 0 && length % p == 0; length /= p)
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

  /// A signal in memory: two vectors, of real and imaginary parts; or rows `row` and `row` + 1 of a
  /// table of four, two for what a pass reads and two for what it writes. In a loop over passes a
  /// table stays where it is, while vectors would be new ones, and copied, each time.
  struct Signal {
    ScalarBuilder::Values tensors;
    Value row;
  };
  Value load(const Signal &signal, int64_t part, Value place) {
    return signal.row ? b.load(signal.tensors[0], {b.add(signal.row, part), place})
                      : b.load(signal.tensors[part], place);
  }
  Signal store(Signal signal, Complex value, Value place) {
    for (auto [part, number] : {std::pair<int64_t, Value>(0, value.real), {1, value.imaginary}}) {
      Value &tensor = signal.tensors[signal.row ? 0 : part];
      tensor = signal.row ? b.store(number, tensor, {b.add(signal.row, part), place})
                          : b.store(number, tensor, place);
    }
    return signal;
  }
  Signal makeSignal() {
    Value size = transform.length;
    if (getConstantIntValue(size))
      return {{b.empty(type, size), b.empty(type, size)}, {}};
    return {{b.empty(type, {b.index(4), size})}, b.index(0)};
  }
  /// What a pass over `from` writes to.
  Signal other(const Signal &from) {
    if (!from.row)
      return makeSignal();
    return {from.tensors, b.sub(b.index(2), from.row)};
  }

  Signal pass(const Signal &from, Value done, Value rest, int64_t p) {
    Signal to = other(from);
    to.tensors = b.forLoops({done, rest}, to.tensors, [&](ValueRange at, ValueRange carried) {
      Value signal = at[0], i = at[1];
      Signal source = from, target = {ScalarBuilder::Values(carried), to.row};
      if (from.row)
        source.tensors = target.tensors;
      SmallVector<Complex> elements;
      for (int64_t j = 0; j < p; ++j) {
        Value place = b.add(i, b.mul(b.add(b.mul(signal, p), j), rest));
        elements.push_back({load(source, 0, place), load(source, 1, place)});
      }
      for (auto [q, value] : llvm::enumerate(transformPrime(elements))) {
        Value turns = b.mul(done, q);
        Complex result = q == 0 ? value : turn(value, b.mul(i, turns));
        target = store(target, result, b.add(i, b.mul(b.add(signal, turns), rest)));
      }
      return target.tensors;
    });
    return to;
  }

  /// A pass for each prime of the length.
  Signal passes(Signal signal) {
    if (auto length = getConstantIntValue(transform.length)) {
      int64_t done = 1;
      for (int64_t prime : getPrimes(*length)) {
        signal = pass(signal, b.index(done), b.index(*length / (done * prime)), prime);
        done *= prime;
      }
      return signal;
    }
    // Primes of a length that only the run knows are found by division, one kind after the other.
    ScalarBuilder::Values state = {signal.tensors[0], signal.row, b.index(1), transform.length};
    for (int64_t prime : kPrimes)
      state = b.whileLoop(
          state, [&](ValueRange now) { return b.equal(b.rem(now[3], b.index(prime)), b.index(0)); },
          [&](ValueRange now) -> ScalarBuilder::Values {
            Value rest = b.div(now[3], b.index(prime));
            Signal next = pass({{now[0]}, now[1]}, now[2], rest, prime);
            return {next.tensors[0], next.row, b.mul(now[2], prime), rest};
          });
    return {{state[0]}, state[1]};
  }
};

} // namespace

Value isSmooth(ScalarBuilder &b, Value length) {
  // A length of 0 has every prime, over and over.
  Value rest = b.max(length, b.index(1));
  for (int64_t prime : kPrimes)
    rest = b.whileLoop(
        rest, [&](ValueRange now) { return b.equal(b.rem(now[0], b.index(prime)), b.index(0)); },
        [&](ValueRange now) -> ScalarBuilder::Values {
          return {b.div(now[0], b.index(prime))};
        })[0];
  return b.logicalAnd(b.equal(rest, b.index(1)), b.less(b.index(1), length));
}

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
        Value zero = b.index(0), size = transform.length, none = b.constant(computed, 0);
        // Whether there are imaginary parts only the run may know.
        bool mayBeReal = transform.isReal.value_or(true),
             mayBeComplex = !transform.isReal.value_or(false);
        Value isReal =
            mayBeReal && mayBeComplex ? b.equal(b.dim(input, rank - 1), b.index(1)) : Value();
        Transform::Signal signal = one.makeSignal();
        signal.tensors = b.forLoop(
            zero, size, signal.tensors, [&](Value n, ValueRange parts) -> ScalarBuilder::Values {
              ScalarBuilder::Values from;
              for (int64_t i = 0; i < rank - 1; ++i)
                from.push_back(i == axis ? n : point[place[i]]);
              from.push_back(zero);
              Value isThere = b.less(n, b.dim(input, axis));
              auto read = [&](int64_t part, Value condition) {
                from.back() = b.index(part);
                return b.ifThen(condition, none,
                                [&] { return b.convert(b.load(input, from), computed); });
              };
              Value imaginary = none;
              if (mayBeComplex)
                imaginary = read(1, isReal ? b.logicalAnd(isThere, b.logicalNot(isReal)) : isThere);
              Transform::Signal target = {ScalarBuilder::Values(parts), signal.row};
              return one.store(target, {read(0, isThere), imaginary}, n).tensors;
            });
        signal = one.passes(signal);
        return {b.forLoop(zero, b.dim(slices[0], 0), slices[0], [&](Value k, Value row) {
          Value real = one.load(signal, 0, k), imaginary = one.load(signal, 1, k);
          if (mayBeReal) {
            // The spectrum of a real signal is its own conjugate, read backwards.
            Value mirrored = b.rem(b.sub(size, k), size), half = b.constant(computed, 0.5);
            Value evenReal = b.mul(half, b.add(real, one.load(signal, 0, mirrored)));
            Value oddImaginary = b.mul(half, b.sub(imaginary, one.load(signal, 1, mirrored)));
            real = isReal ? b.select(isReal, evenReal, real) : evenReal;
            imaginary = isReal ? b.select(isReal, oddImaginary, imaginary) : oddImaginary;
          }
          if (transform.inverse) {
            Value factor = b.div(b.constant(computed, 1), b.convert(size, computed));
            real = b.mul(real, factor);
            imaginary = b.mul(imaginary, factor);
          }
          row = b.store(b.convert(real, elementType), row, {k, zero});
          return b.store(b.convert(imaginary, elementType), row, {k, b.index(1)});
        })};
      });
}

} // namespace azulejo::lower
