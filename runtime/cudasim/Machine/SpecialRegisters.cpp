//===- SpecialRegisters.cpp - Filling in %tid and its like ----------------===//
#include "runtime/cudasim/Machine/SpecialRegisters.h"
#include "runtime/cudasim/Machine/Block.h"
#include <algorithm>
#include <utility>

using namespace azulejo::cudasim;
using R = SpecialRegister;

static constexpr std::pair<std::string_view, R> names[] = {
    {"%tid.x", R::TidX},
    {"%tid.y", R::TidY},
    {"%tid.z", R::TidZ},
    {"%tid.w", R::Zero},
    {"%ntid.x", R::NtidX},
    {"%ntid.y", R::NtidY},
    {"%ntid.z", R::NtidZ},
    {"%ntid.w", R::Zero},
    {"%ctaid.x", R::CtaidX},
    {"%ctaid.y", R::CtaidY},
    {"%ctaid.z", R::CtaidZ},
    {"%ctaid.w", R::Zero},
    {"%nctaid.x", R::NctaidX},
    {"%nctaid.y", R::NctaidY},
    {"%nctaid.z", R::NctaidZ},
    {"%nctaid.w", R::Zero},
    {"%laneid", R::LaneId},
    {"%warpid", R::WarpId},
    {"%nwarpid", R::NwarpId},
    {"%smid", R::SmId},
    {"%nsmid", R::NsmId},
    {"%lanemask_eq", R::LanemaskEq},
    {"%lanemask_le", R::LanemaskLe},
    {"%lanemask_lt", R::LanemaskLt},
    {"%lanemask_ge", R::LanemaskGe},
    {"%lanemask_gt", R::LanemaskGt},
    {"%clusterid.x", R::ClusterIdX},
    {"%clusterid.y", R::ClusterIdY},
    {"%clusterid.z", R::ClusterIdZ},
    {"%clusterid.w", R::Zero},
    {"%nclusterid.x", R::NclusterIdX},
    {"%nclusterid.y", R::NclusterIdY},
    {"%nclusterid.z", R::NclusterIdZ},
    {"%nclusterid.w", R::Zero},
    {"%cluster_ctaid.x", R::ClusterCtaidX},
    {"%cluster_ctaid.y", R::ClusterCtaidY},
    {"%cluster_ctaid.z", R::ClusterCtaidZ},
    {"%cluster_ctaid.w", R::Zero},
    {"%cluster_nctaid.x", R::ClusterNctaidX},
    {"%cluster_nctaid.y", R::ClusterNctaidY},
    {"%cluster_nctaid.z", R::ClusterNctaidZ},
    {"%cluster_nctaid.w", R::Zero},
    {"%cluster_ctarank", R::ClusterCtaRank},
    {"%cluster_nctarank", R::ClusterNctaRank},
    {"%dynamic_smem_size", R::DynamicSmemSize},
    {"%total_smem_size", R::TotalSmemSize},
    {"%aggr_smem_size", R::AggrSmemSize},
    {"%reserved_smem_offset_begin", R::ReservedSmemOffsetBegin},
    {"%reserved_smem_offset_0", R::ReservedSmemOffsetBegin},
    {"%reserved_smem_offset_1", R::ReservedSmemOffsetBegin},
    {"%reserved_smem_offset_end", R::ReservedSmemOffsetEnd},
    {"%reserved_smem_offset_cap", R::ReservedSmemOffsetCap},
};

SpecialRegister azulejo::cudasim::findSpecialRegister(std::string_view name) {
  for (auto &[text, value] : names)
    if (text == name)
      return value;
  return R::Count;
}

namespace {

/// The registers of one warp.
struct Registers {
  uint8_t *storage;

  uint32_t *lanes(R which) const {
    return reinterpret_cast<uint32_t *>(storage + size_t(which) * specialRegisterBytes);
  }
  void all(R which, uint32_t value) const { std::fill_n(lanes(which), warpSize, value); }
  void three(R first, Dim3 value) const {
    for (unsigned i = 0; i < 3; ++i)
      all(R(unsigned(first) + i), value[i]);
  }
};

} // namespace

void azulejo::cudasim::setBlockRegisters(const Warp &warp, uint8_t *registers) {
  const Block &block = warp.block;
  const Launch &launch = block.launch;
  const Dim3 cluster = launch.config.cluster;
  const Registers to{registers};
  to.three(R::CtaidX, block.index);
  to.all(R::SmId, uint32_t(block.linear % launch.architecture.multiprocessors));
  to.three(R::ClusterIdX,
           {block.index.x / cluster.x, block.index.y / cluster.y, block.index.z / cluster.z});
  to.three(R::ClusterCtaidX,
           {block.index.x % cluster.x, block.index.y % cluster.y, block.index.z % cluster.z});
  to.all(R::ClusterCtaRank, block.rank);
}

std::unique_ptr<uint8_t[]> azulejo::cudasim::makeSpecialRegisters(const Warp &warp) {
  const Block &block = warp.block;
  const Launch &launch = block.launch;
  const LaunchConfig &config = launch.config;
  const Dim3 cluster = config.cluster;
  auto storage = std::make_unique<uint8_t[]>(size_t(R::Count) * specialRegisterBytes);
  const Registers to{storage.get()};
  setBlockRegisters(warp, storage.get());
  for (uint32_t lane = 0; lane < warpSize; ++lane) {
    uint32_t thread = warp.thread(lane);
    to.lanes(R::TidX)[lane] = thread % config.block.x;
    to.lanes(R::TidY)[lane] = thread / config.block.x % config.block.y;
    to.lanes(R::TidZ)[lane] = thread / config.block.x / config.block.y;
    to.lanes(R::LaneId)[lane] = lane;
    uint32_t bit = 1u << lane;
    to.lanes(R::LanemaskEq)[lane] = bit;
    to.lanes(R::LanemaskLt)[lane] = bit - 1;
    to.lanes(R::LanemaskLe)[lane] = bit | (bit - 1);
    to.lanes(R::LanemaskGe)[lane] = ~(bit - 1);
    to.lanes(R::LanemaskGt)[lane] = ~(bit | (bit - 1));
  }
  to.three(R::NtidX, config.block);
  to.three(R::NctaidX, config.grid);
  to.all(R::WarpId, warp.index);
  to.all(R::NwarpId, launch.architecture.warpsPerSm);
  to.all(R::NsmId, launch.architecture.multiprocessors);
  to.three(R::NclusterIdX,
           {config.grid.x / cluster.x, config.grid.y / cluster.y, config.grid.z / cluster.z});
  to.three(R::ClusterNctaidX, cluster);
  to.all(R::ClusterNctaRank, uint32_t(cluster.count()));
  to.all(R::DynamicSmemSize, config.dynamicSharedBytes);
  to.all(R::TotalSmemSize, uint32_t(block.shared.size()));
  to.all(R::AggrSmemSize, uint32_t(block.shared.size()) + launch.architecture.sharedReserved);
  // What the system reserves lies before a block's own shared memory; offsets here begin behind it.
  const Kernel &kernel = launch.kernel;
  to.all(R::ReservedSmemOffsetBegin, kernel.reservedSharedOffset);
  to.all(R::ReservedSmemOffsetEnd, kernel.reservedSharedOffset + kernel.reservedSharedBytes);
  to.all(R::ReservedSmemOffsetCap, kernel.reservedSharedOffset + kernel.reservedSharedBytes);
  to.all(R::Zero, 0);
  return storage;
}
