module attributes {azulejo.gpu = "abacus"} {}
