// Reverses p in place: nvcc -arch=sm_80 -ptx grid_sync.cu -o grid_sync.ptx
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
extern "C" __global__ void phases(unsigned *p, unsigned n) {
  cg::grid_group g = cg::this_grid();
  unsigned i = g.thread_rank();
  p[i] = i + 1;
  g.sync();
  unsigned v = p[n - 1 - i];
  g.sync();
  p[i] = v;
}
