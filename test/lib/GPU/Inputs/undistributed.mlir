module @sm_80 {
func.func private @k(%x: memref<?xindex>) attributes {tile.kernel} {
  return
}
}
