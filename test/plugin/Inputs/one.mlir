func.func @one() -> index {
  %one = arith.constant 1 : index
  return %one : index
}
