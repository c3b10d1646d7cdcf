//===- GroupQueue.h - commit_group and wait_group -------------------------===//
#ifndef AZULEJO_CUDASIM_ASYNC_GROUPQUEUE_H
#define AZULEJO_CUDASIM_ASYNC_GROUPQUEUE_H

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace azulejo::cudasim {

/// Operations that are issued one by one, committed as a group and waited for by "at most N groups
/// may be pending": the form of cp.async, cp.async.bulk and wgmma alike. `T` is the operation.
template <class T> class GroupQueue {
public:
  void issue(T operation) { open.push_back(std::move(operation)); }
  void commit() { groups.push_back(std::exchange(open, {})); }
  /// Calls complete(operation), oldest first, until at most `pending` groups are left.
  template <class F> void wait(uint64_t pending, F &&complete) {
    while (groups.size() > pending) {
      for (T &operation : groups.front())
        complete(operation);
      groups.pop_front();
    }
  }
  /// Calls visit(operation) for those that wait(pending) would complete, the newest group first,
  /// until a group in which it returned false for all.
  template <class F> void visitOlder(uint64_t pending, F &&visit) {
    for (size_t i = groups.size() - std::min<uint64_t>(groups.size(), pending); i > 0; --i) {
      bool any = groups[i - 1].empty();
      for (T &operation : groups[i - 1])
        any |= visit(operation);
      if (!any)
        return;
    }
  }
  uint64_t pendingGroups() const { return groups.size(); }
  bool hasUncommitted() const { return !open.empty(); }
  bool empty() const { return groups.empty() && open.empty(); }
  /// All operations in flight, oldest first, the uncommitted last.
  template <class F> void forEach(F &&f) {
    for (std::vector<T> &group : groups)
      for (T &operation : group)
        f(operation);
    for (T &operation : open)
      f(operation);
  }

private:
  std::deque<std::vector<T>> groups;
  std::vector<T> open;
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_ASYNC_GROUPQUEUE_H
