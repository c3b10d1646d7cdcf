# What CI would find fault with, before CI does.

# changed_files [--all] -- PATTERN...: tracked or new files that differ from where this branch left
# main, or all.
changed_files() {
  local all=$1 base
  shift 2
  cd "$source_dir"
  if [[ $all == --all ]] || ! base=$(git merge-base HEAD main 2>/dev/null); then
    git ls-files --cached --others --exclude-standard -- "$@"
  else
    git diff --name-only --diff-filter=d "$base" -- "$@"
    git ls-files --others --exclude-standard -- "$@"
  fi | sort -u
}

command_format() {
  setup_parts "${build_packages[@]}" "${test_packages[@]}"
  local files
  mapfile -t files < <(changed_files "${1:-}" -- '*.cpp' '*.h' '*.c')
  cd "$source_dir"
  ((${#files[@]} == 0)) || clang-format-$llvm_version -i "${files[@]}"
  say "format: ${#files[@]} files looked at"
}

command_check() {
  setup
  configure_and_build all
  cd "$source_dir"
  local files sources failed=0
  mapfile -t files < <(changed_files "${1:-}" -- '*.cpp' '*.h' '*.c')
  mapfile -t sources < <(changed_files "${1:-}" -- '*.cpp' | compiled_files)
  if ((${#files[@]})); then
    clang-format-$llvm_version --dry-run -Werror "${files[@]}" || {
      say "clang-format: tools/dev format mends these"
      failed=1
    }
  fi
  if ((${#sources[@]})); then
    printf '%s\0' "${sources[@]}" |
      xargs -0 -n 1 -P "$(build_jobs)" clang-tidy-$llvm_version -p "$build" --quiet --warnings-as-errors='*' || failed=1
  fi
  "$python" "$source_dir/test/hygiene/check_tree.py" "$source_dir" || failed=1
  local found="nothing found"
  ((failed)) && found="faults above"
  say "check: ${#files[@]} files formatted, ${#sources[@]} read by clang-tidy, $found"
  return $failed
}

# Keeps the files that the build compiles: clang-tidy knows the flags of those only.
compiled_files() {
  local file
  while read -r file; do
    if grep -qF "\"$source_dir/$file\"" "$build/compile_commands.json"; then echo "$file"; fi
  done
}
