#include "dialects/Plan/Winograd.h"

namespace azulejo::plan {

Winograd Winograd::get(int64_t m) {
  // clang-format off
  static const double g2[] = {1, 0, 0,   0.5, 0.5, 0.5,   0.5, -0.5, 0.5,   0, 0, 1};
  static const double bT2[] = {1,  0, -1,  0,
                               0,  1,  1,  0,
                               0, -1,  1,  0,
                               0,  1,  0, -1};
  static const double aT2[] = {1, 1,  1,  0,
                               0, 1, -1, -1};
  // At the points 0, 1, -1, 2, -2 and infinity.
  static const double g4[] = { 1. / 4,        0,       0,
                              -1. / 6,  -1. / 6, -1. / 6,
                              -1. / 6,   1. / 6, -1. / 6,
                               1. / 24,  1. / 12, 1. / 6,
                               1. / 24, -1. / 12, 1. / 6,
                                     0,        0,       1};
  static const double bT4[] = {4,  0, -5,  0, 1, 0,
                               0, -4, -4,  1, 1, 0,
                               0,  4, -4, -1, 1, 0,
                               0, -2, -1,  2, 1, 0,
                               0,  2, -1, -2, 1, 0,
                               0,  4,  0, -5, 0, 1};
  static const double aT4[] = {1, 1,  1, 1,  1, 0,
                               0, 1, -1, 2, -2, 0,
                               0, 1,  1, 4,  4, 0,
                               0, 1, -1, 8, -8, 1};
  // clang-format on
  if (m == 2)
    return {2, 4, g2, bT2, aT2};
  return {4, 6, g4, bT4, aT4};
}

} // namespace azulejo::plan
