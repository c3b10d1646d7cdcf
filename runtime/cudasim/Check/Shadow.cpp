//===- Shadow.cpp - Pages of shadow, made when touched --------------------===//
#include "runtime/cudasim/Check/Shadow.h"
#include <algorithm>
#include <cstring>

using namespace azulejo::cudasim;

void Page::refine(unsigned to) {
  if (to >= shift)
    return;
  unsigned factor = 1u << (shift - to);
  std::vector<Cell> finer(cells.size() * factor);
  for (size_t i = 0; i < finer.size(); ++i) {
    finer[i] = cells[i / factor];
    // Each part keeps a list of its own.
    if (finer[i].moreReads) {
      lists.push_back(lists[finer[i].moreReads - 1]);
      finer[i].moreReads = uint32_t(lists.size());
    }
  }
  cells = std::move(finer);
  shift = to;
}

void Page::forgetAccesses() {
  for (Line &line : lines)
    line.clear();
  cells.clear();
  lists.clear();
  if (chunks)
    chunks->clear();
  stamped = false;
  lookedAt = 0;
  shift = 4;
}

void Line::grow() {
  auto larger = std::make_unique<Stamp[]>(4 * capacity);
  std::copy(begin(), end(), larger.get());
  more = std::move(larger);
  capacity *= 4;
}

Shadow::Shadow(uint64_t size, bool tracksInitialization)
    : tracksInitialization(tracksInitialization), pages((size + Page::bytes - 1) / Page::bytes) {}

Shadow::~Shadow() {
  for (auto &page : pages)
    delete page.load();
}

Page &Shadow::page(uint64_t offset) {
  std::atomic<Page *> &slot = pages[offset / Page::bytes];
  Page *page = slot.load(std::memory_order_acquire);
  if (page)
    return *page;
  auto made = std::make_unique<Page>();
  if (tracksInitialization)
    made->initialized = std::make_unique<uint8_t[]>(Page::bytes);
  if (slot.compare_exchange_strong(page, made.get(), std::memory_order_acq_rel))
    return *made.release();
  return *page;
}

void Shadow::clear() {
  for (auto &slot : pages)
    if (Page *page = slot.load(std::memory_order_relaxed)) {
      page->forgetAccesses();
      if (tracksInitialization)
        std::memset(page->initialized.get(), 0, Page::bytes);
    }
}
