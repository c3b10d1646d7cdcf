# Configuring and building; the build folder is one developer's at a time.

# A file over MLIR's headers takes up to 1.5 GB to compile.
build_jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/MemAvailable/ { print int($2 / 1500000) }' /proc/meminfo)
  ((memory < cores)) && cores=$((memory > 1 ? memory : 1))
  echo "$cores"
}

configure_and_build() {
  mkdir -p "$build"
  lock 8 "$build/.lock"
  local options=(
    -DCMAKE_BUILD_TYPE=Release
    -DCMAKE_C_COMPILER=clang-$llvm_version -DCMAKE_CXX_COMPILER=clang++-$llvm_version
    -DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache
    "-DCMAKE_PREFIX_PATH=$onnx_prefix;$llvm_prefix"
    "-DPython3_EXECUTABLE=$python"
    "-DAZULEJO_CUDA_ROOT=$cuda_header/nvidia/cu13"
    "-DAZULEJO_PTXAS=$ptxas/nvidia/cu13/bin/ptxas"
  )
  # ninja configures again by itself when a CMakeLists.txt changes; only these options are ours to
  # follow.
  if [[ ! -e $build/build.ninja || $(cat "$build/.options" 2>/dev/null) != "${options[*]}" ]]; then
    step "configuring" cmake -G Ninja -S "$source_dir" -B "$build" "${options[@]}"
    printf '%s\n' "${options[*]}" >"$build/.options"
  fi
  step "building" ninja -C "$build" -j "$(build_jobs)" "$@"
  exec 8>&-
}
