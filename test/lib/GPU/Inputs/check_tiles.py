"""check_tiles.py GROUP...: tile programs whose results numpy computes, too (tile_programs.py)."""
import sys

import numpy as np
from tile_programs import run

rng = np.random.default_rng(1)
KINDS = {"f32": np.float32, "f16": np.float16, "f64": np.float64, "i32": np.int32, "i8": np.int8,
         "i64": np.int64}
ZERO = "%c0 = arith.constant 0 : index\n"


def random(shape, kind):
    if kind == "bf16":  # small integers and halves: exact in bf16, kept as the bits
        return to_bf16(rng.integers(-16, 16, shape) / 2)
    if kind.startswith("i"):
        return rng.integers(-100, 100, shape).astype(KINDS[kind])
    return (rng.integers(-64, 64, shape) / 8).astype(KINDS[kind])


def to_bf16(values):
    return (np.asarray(values, np.float32).view(np.uint32) >> 16).astype(np.uint16)


def from_bf16(words):
    return (words.astype(np.uint32) << 16).view(np.float32)


def type_of(array, kind, prefix):
    return f"{prefix}<{''.join(f'{size}x' for size in array.shape)}{kind}>"


def memref(name, array, kind):
    return name, type_of(array, kind, "memref"), array


def expect(what, actual, expected):
    if not np.array_equal(actual, expected, equal_nan=True):
        wrong = np.argwhere(actual != expected)
        first = tuple(wrong[0])
        raise SystemExit(f"{what}: {len(wrong)} of {expected.size} differ, at first {first}: "
                         f"{actual[first]} for {expected[first]}")
    print("ok", what)


def load_store():
    # Ragged tiles, in each element type: what is outside is padded, and is not written.
    for kind in ("f32", "f16", "f64", "i8", "i64"):
        for rows, columns in ((64, 64), (61, 64), (64, 52), (7, 3), (0, 64)):
            x, y = random((64, 64), kind), random((64, 64), kind)
            one = {"i": "1", "f": "1.0"}[kind[0]]
            body = ZERO + f"""
              %p = arith.constant {one} : {kind}
              %t = cta.load %x[%c0, %c0] dims [0, 1] valid [%m, %n] pad %p : memref<64x64x{kind}>
                  -> tensor<64x64x{kind}>
              cta.store %t, %y[%c0, %c0] dims [0, 1] valid [60, %n] : tensor<64x64x{kind}>,
                  memref<64x64x{kind}>"""
            result = run(body, [memref("x", x, kind), memref("y", y, kind)], 4,
                         scalars=[("m", rows), ("n", columns)])
            expected, padded = y.copy(), x.copy()
            padded[rows:] = 1
            expected[:60, :columns] = padded[:60, :columns]
            expect(f"load_store {kind} {rows}x{columns}", result[1], expected)
    # Whole tiles move 16 bytes at a time.
    x = random((64, 64), "f16")
    body = ZERO + """
      %t = cta.load %x[%c0, %c0] dims [0, 1] : memref<64x64xf16> -> tensor<64x64xf16>
      cta.store %t, %y[%c0, %c0] dims [0, 1] : tensor<64x64xf16>, memref<64x64xf16>"""
    result = run(body, [memref("x", x, "f16"), memref("y", np.zeros_like(x), "f16")], 4)
    expect("load_store wide", result[1], x)
    assert "ld.global.v4.b32" in result.ptx and "st.global.v4.b32" in result.ptx, result.ptx


def transpose():
    for kind in ("f32", "f16", "i8", "f64"):
        for shape in ((64, 64), (32, 96), (128, 16)):
            x = random(shape, kind)
            y = np.zeros(shape[::-1], KINDS[kind])
            a, b = f"{shape[0]}x{shape[1]}x{kind}", f"{shape[1]}x{shape[0]}x{kind}"
            body = ZERO + f"""
              %t = cta.load %x[%c0, %c0] dims [0, 1] : memref<{a}> -> tensor<{a}>
              %u = cta.transpose %t [1, 0] : tensor<{a}> -> tensor<{b}>
              cta.store %u, %y[%c0, %c0] dims [0, 1] : tensor<{b}>, memref<{b}>"""
            result = run(body, [memref("x", x, kind), memref("y", y, kind)], 4)
            expect(f"transpose {a}", result[1], x.T)


def reduce():
    combine = {"f32": "arith.addf", "f64": "arith.addf", "i32": "arith.addi",
               "f16": "arith.maximumf"}
    for kind, op in combine.items():
        for shape in ((64, 64), (16, 256), (48, 32), (256, 8)):
            for axis in (0, 1):
                x = random(shape, kind)
                y = np.zeros(shape[1 - axis], KINDS[kind])
                a, b = f"{shape[0]}x{shape[1]}x{kind}", f"{shape[1 - axis]}x{kind}"
                body = ZERO + f"""
                  %t = cta.load %x[%c0, %c0] dims [0, 1] : memref<{a}> -> tensor<{a}>
                  %r = cta.reduce %t axis {axis} : (tensor<{a}>) -> tensor<{b}> {{
                  ^bb0(%p: {kind}, %q: {kind}):
                    %s = {op} %p, %q : {kind}
                    cta.yield %s : {kind}
                  }}
                  cta.store %r, %y[%c0] dims [0] : tensor<{b}>, memref<{b}>"""
                result = run(body, [memref("x", x, kind), memref("y", y, kind)], 4,
                             arch="sm_90a" if kind == "f16" else "sm_80")
                expect(f"reduce {a} axis {axis}", result[1],
                       x.max(axis) if kind == "f16" else x.sum(axis))
    # To one element; the largest and where it is.
    x = rng.permutation(4096).astype(np.float32).reshape(64, 64)
    body = ZERO + """
      %t = cta.load %x[%c0, %c0] dims [0, 1] : memref<64x64xf32> -> tensor<64x64xf32>
      %i = cta.iota 1 : tensor<64x64xi32>
      %r:2 = cta.reduce %t, %i axis 1 : (tensor<64x64xf32>, tensor<64x64xi32>) -> (tensor<64xf32>,
          tensor<64xi32>) {
      ^bb0(%a: f32, %p: i32, %b: f32, %q: i32):
        %c = arith.cmpf ogt, %a, %b : f32
        %v = arith.select %c, %a, %b : f32
        %n = arith.select %c, %p, %q : i32
        cta.yield %v, %n : f32, i32
      }
      %s = cta.reduce %r#0 axis 0 : (tensor<64xf32>) -> tensor<f32> {
      ^bb0(%a: f32, %b: f32):
        %m = arith.maximumf %a, %b : f32
        cta.yield %m : f32
      }
      %e = cta.extract %s : tensor<f32>
      %all = cta.splat %e : f32 -> tensor<64xf32>
      cta.store %all, %y[%c0] dims [0] : tensor<64xf32>, memref<64xf32>
      cta.store %r#1, %z[%c0] dims [0] : tensor<64xi32>, memref<64xi32>"""
    result = run(body, [memref("x", x, "f32"), memref("y", np.zeros(64, np.float32), "f32"),
                        memref("z", np.zeros(64, np.int32), "i32")], 4)
    expect("reduce to one", result[1], np.full(64, 4095, np.float32))
    expect("reduce with index", result[2], x.argmax(1).astype(np.int32))


def broadcast():
    x, row, column = random((64, 48), "f32"), random(48, "f32"), random(64, "f32")
    body = ZERO + """
      %t = cta.load %x[%c0, %c0] dims [0, 1] : memref<64x48xf32> -> tensor<64x48xf32>
      %r = cta.load %row[%c0] dims [0] : memref<48xf32> -> tensor<48xf32>
      %c = cta.load %column[%c0] dims [0] : memref<64xf32> -> tensor<64xf32>
      %rb = cta.broadcast %r along [0] : tensor<48xf32> -> tensor<64x48xf32>
      %cb = cta.broadcast %c along [1] : tensor<64xf32> -> tensor<64x48xf32>
      %s = arith.mulf %t, %rb : tensor<64x48xf32>
      %u = arith.addf %s, %cb : tensor<64x48xf32>
      cta.store %u, %y[%c0, %c0] dims [0, 1] : tensor<64x48xf32>, memref<64x48xf32>"""
    result = run(body, [memref("x", x, "f32"), memref("row", row, "f32"),
                        memref("column", column, "f32"),
                        memref("y", np.zeros_like(x), "f32")], 4)
    expect("broadcast", result[3], x * row + column[:, None])


def gather():
    x = random((64, 64), "f16")
    for contiguity in (1, 8):
        body = ZERO + f"""
          %r = cta.iota 0 : tensor<32x64xi32>
          %c = cta.iota 1 : tensor<32x64xi32>
          %two = arith.constant dense<128> : tensor<32x64xi32>
          %some = arith.constant dense<20> : tensor<32x64xi32>
          %s = arith.muli %r, %two : tensor<32x64xi32>
          %o = arith.addi %s, %c : tensor<32x64xi32>
          %m = arith.cmpi slt, %r, %some : tensor<32x64xi32>
          %t = cta.gather %x[%o] mask %m contiguity {contiguity} : memref<64x64xf16>,
              tensor<32x64xi32> -> tensor<32x64xf16>
          cta.scatter %t, %y[%o] mask %m contiguity {contiguity} : tensor<32x64xf16>,
              memref<64x64xf16>, tensor<32x64xi32>
          cta.store %t, %z[%c0, %c0] dims [0, 1] : tensor<32x64xf16>, memref<32x64xf16>"""
        result = run(body, [memref("x", x, "f16"), memref("y", np.zeros_like(x), "f16"),
                            memref("z", np.zeros((32, 64), np.float16), "f16")], 4)
        expected = x.copy()
        expected[1::2] = 0
        expected[40:] = 0
        expect(f"scatter by {contiguity}", result[1], expected)
        expect(f"gather by {contiguity}", result[2], expected[::2])


def loops():
    # A loop that carries a tile, and a branch that gives one.
    x = random((128, 64), "f32")
    body = ZERO + """
      %c1 = arith.constant 1 : index
      %c4 = arith.constant 4 : index
      %c32 = arith.constant 32 : index
      %z = arith.constant dense<0.0> : tensor<32x64xf32>
      %sum = scf.for %i = %c0 to %c4 step %c1 iter_args(%a = %z) -> (tensor<32x64xf32>) {
        %o = arith.muli %i, %c32 : index
        %t = cta.load %x[%o, %c0] dims [0, 1] : memref<128x64xf32> -> tensor<32x64xf32>
        %odd = arith.andi %i, %c1 : index
        %is = arith.cmpi eq, %odd, %c1 : index
        %n = scf.if %is -> (tensor<32x64xf32>) {
          %d = arith.addf %a, %t : tensor<32x64xf32>
          scf.yield %d : tensor<32x64xf32>
        } else {
          scf.yield %a : tensor<32x64xf32>
        }
        scf.yield %n : tensor<32x64xf32>
      }
      cta.store %sum, %y[%c0, %c0] dims [0, 1] : tensor<32x64xf32>, memref<32x64xf32>"""
    y = np.zeros((32, 64), np.float32)
    result = run(body, [memref("x", x, "f32"), memref("y", y, "f32")], 4)
    expect("loops", result[1], x[32:64] + x[96:128])


def dot():
    cases = [("f16", "f32", ""), ("bf16", "f32", ""), ("f16", "f16", ""), ("f32", "f32", "tf32"),
             ("f32", "f32", ""), ("f64", "f64", ""), ("i8", "i32", "")]
    for kind, sum_kind, tf32 in cases:
        for m, n, k, warps in ((64, 64, 32, 4), (16, 48, 32, 2), (32, 128, 64, 4)):
            if kind == "f32" and not tf32:
                k = 8  # a thread holds all of its rows and columns
            if kind == "f64":
                k = 16
            if kind == "bf16":
                a, b = random((m, k), kind), random((k, n), kind)
                wide = from_bf16(a), from_bf16(b)
            else:
                a, b = random((m, k), kind), random((k, n), kind)
                if kind != "i8":
                    a, b = (a / 8).astype(a.dtype), np.sign(b)
                wide = a, b
            c = random((m, n), sum_kind)
            if sum_kind == "f16":
                a, b, c = np.sign(a), np.sign(b), np.sign(c)
                wide = a, b
            exact = np.float64 if sum_kind[0] == "f" else np.int64
            expected = (wide[0].astype(exact) @ wide[1].astype(exact) + c).astype(KINDS[sum_kind])
            shapes = {"a": f"{m}x{k}x{kind}", "b": f"{k}x{n}x{kind}", "c": f"{m}x{n}x{sum_kind}"}
            loads = "".join(
                f"%t{x} = cta.load %{x}[%c0, %c0] dims [0, 1] : memref<{s}> -> tensor<{s}>\n"
                for x, s in shapes.items())
            body = ZERO + loads + f"""
              %d = cta.dot %ta, %tb, %tc {tf32} : tensor<{shapes['a']}>, tensor<{shapes['b']}>,
                  tensor<{shapes['c']}>
              cta.store %d, %c[%c0, %c0] dims [0, 1] : tensor<{shapes['c']}>,
                  memref<{shapes['c']}>"""
            result = run(body, [("a", f"memref<{shapes['a']}>", a),
                                ("b", f"memref<{shapes['b']}>", b),
                                ("c", f"memref<{shapes['c']}>", c)], warps)
            expect(f"dot {kind} {sum_kind} {tf32} {m}x{n}x{k}", result[2], expected)
            assert ("mma.sync" in result.ptx) == (kind != "f32" or bool(tf32)), "tensor cores"


def shared():
    # cp.async into every swizzle, ragged, and back by whatever the product's fragments need: the
    # ring of three stages is a pipeline written out by hand.
    for kind, swizzle, b_rows in (("f16", 64, True), ("f16", 128, False), ("f16", 32, True),
                                  ("f16", 0, False), ("f32", 128, True), ("i8", 32, False)):
        m, n, k, step, stages = 64, 64, 192, (32 if swizzle in (64, 32) else 64), 3
        if kind == "i8":
            step = 32
        a = np.sign(random((m, k), kind))
        b = np.sign(random((k, n) if b_rows else (n, k), kind))
        sum_kind = "i32" if kind == "i8" else "f32"
        tf32 = "tf32" if kind == "f32" else ""
        rows, columns = 61, 52
        ring_a = f"{stages}x{m}x{step}x{kind}, {swizzle}"
        tile_b = f"{step}x{n}" if b_rows else f"{n}x{step}"
        ring_b = f"{stages}x{tile_b}x{kind}, {swizzle}"
        one_a, one_b = ring_a.split("x", 1)[1], ring_b.split("x", 1)[1]
        at_b = ("%at, %c0", "%left, %n") if b_rows else ("%c0, %at", "%n, %left")
        copies = lambda at: f"""
              %left{at} = arith.subi %ck, %at{at} : index
              cta.copy_async %a[%c0, %at{at}] dims [0, 1] valid [%m, %left{at}] into %sa{at} :
                  memref<{m}x{k}x{kind}> to !cta.shared<{one_a}>
              cta.copy_async %b[{at_b[0].replace('%at', '%at' + at)}] dims [0, 1] valid
                  [{at_b[1].replace('%left', '%left' + at)}] into %sb{at} :
                  memref<{'x'.join(map(str, b.shape))}x{kind}> to !cta.shared<{one_b}>
              cta.async_commit"""
        stage = lambda at, index: f"""
              %sa{at} = cta.stage %ra[{index}] : !cta.shared<{ring_a}>
              %sb{at} = cta.stage %rb[{index}] : !cta.shared<{ring_b}>"""
        turn = "" if b_rows else (f"%tb = cta.transpose %tbn [1, 0] : tensor<{tile_b}x{kind}> -> "
                                  f"tensor<{step}x{n}x{kind}>")
        body = ZERO + f"""
          %c1 = arith.constant 1 : index
          %c2 = arith.constant 2 : index
          %cs = arith.constant {stages} : index
          %step = arith.constant {step} : index
          %steps = arith.constant {k // step} : index
          %ck = arith.constant {k} : index
          %ra = cta.alloc : !cta.shared<{ring_a}>
          %rb = cta.alloc : !cta.shared<{ring_b}>
          %at0 = arith.constant 0 : index
          %at1 = arith.constant {step} : index
          {stage(0, '%c0')} {copies('0')} {stage(1, '%c1')} {copies('1')}
          %z = arith.constant dense<{'0' if kind == 'i8' else '0.0'}> : tensor<{m}x{n}x{sum_kind}>
          %d = scf.for %i = %c0 to %steps step %c1 iter_args(%sum = %z) ->
              (tensor<{m}x{n}x{sum_kind}>) {{
            cta.async_wait 1
            cta.barrier
            %next = arith.addi %i, %c2 : index
            %slot = arith.remui %next, %cs : index
            %at = arith.muli %next, %step : index
            %more = arith.cmpi slt, %next, %steps : index
            %left = arith.subi %ck, %at : index
            %leftm = arith.select %more, %left, %c0 : index
            {stage('', '%slot')}
            cta.copy_async %a[%c0, %at] dims [0, 1] valid [%m, %leftm] into %sa :
                memref<{m}x{k}x{kind}> to !cta.shared<{one_a}>
            cta.copy_async %b[{at_b[0]}] dims [0, 1] valid [{at_b[1].replace('%left', '%leftm')}]
                into %sb : memref<{'x'.join(map(str, b.shape))}x{kind}> to !cta.shared<{one_b}>
            cta.async_commit
            %now = arith.remui %i, %cs : index
            {stage('n', '%now')}
            %ta = cta.load_shared %san : !cta.shared<{one_a}> -> tensor<{m}x{step}x{kind}>
            %tb{'' if b_rows else 'n'} = cta.load_shared %sbn : !cta.shared<{one_b}> ->
                tensor<{tile_b}x{kind}>
            {turn}
            %r = cta.dot %ta, %tb, %sum {tf32} : tensor<{m}x{step}x{kind}>,
                tensor<{step}x{n}x{kind}>, tensor<{m}x{n}x{sum_kind}>
            scf.yield %r : tensor<{m}x{n}x{sum_kind}>
          }}
          cta.store %d, %y[%c0, %c0] dims [0, 1] : tensor<{m}x{n}x{sum_kind}>,
              memref<{m}x{n}x{sum_kind}>"""
        y = np.zeros((m, n), KINDS[sum_kind])
        memrefs = [memref("a", a, kind), memref("b", b, kind), memref("y", y, sum_kind)]
        result = run(body, memrefs, 4, scalars=[("m", rows), ("n", columns)])
        exact = np.float64 if sum_kind == "f32" else np.int64
        left, right = a.astype(exact), (b if b_rows else b.T).astype(exact)
        left[rows:] = 0
        right[:, columns:] = 0
        expect(f"shared {kind} swizzle {swizzle} {'KN' if b_rows else 'NK'}", result[2],
               (left @ right).astype(y.dtype))
        assert "cp.async" in result.ptx
        if kind == "f16":
            assert "ldmatrix" in result.ptx and ("trans" in result.ptx) == b_rows


def convert():
    # Between layouts of every kind, through registers, shuffles and shared memory.
    def text(shape, registers, lanes, warps):
        bases = lambda list_: "[" + ", ".join(str(list(base)) for base in list_) + "]"
        return (f"#cta.layout<{list(shape)}, register = {bases(registers)}, "
                f"lane = {bases(lanes)}, warp = {bases(warps)}>")

    def units(shape):
        return [tuple(1 << bit if d == dim else 0 for d in range(2))
                for dim in range(2) for bit in range((shape[dim] & -shape[dim]).bit_length() - 1)]

    for trial in range(24):
        kind = ("f32", "f16", "i8", "f64")[trial % 4]
        shape = ((32, 32), (16, 48), (8, 64))[trial % 3]
        layouts = []
        for _ in range(2):
            all_ = units(shape)
            all_ = [all_[i] for i in rng.permutation(len(all_))]
            registers = max(0, len(all_) - 7)
            lanes = all_[registers:registers + 5]
            lanes += [(0, 0)] * (5 - len(lanes))
            warps = all_[registers + 5:]
            warps += [(0, 0)] * (2 - len(warps))
            layouts.append(text(shape, all_[:registers], lanes, warps))
        x = random(shape, kind)
        s = f"{shape[0]}x{shape[1]}x{kind}"
        body = ZERO + f"""
          %t = cta.load %x[%c0, %c0] dims [0, 1] : memref<{s}> -> tensor<{s}, {layouts[0]}>
          %u = cta.convert_layout %t : tensor<{s}, {layouts[0]}> -> tensor<{s}, {layouts[1]}>
          cta.store %u, %y[%c0, %c0] dims [0, 1] : tensor<{s}, {layouts[1]}>, memref<{s}>"""
        result = run(body, [memref("x", x, kind), memref("y", np.zeros_like(x), kind)], 4,
                     assign=False)
        expect(f"convert {trial} {s}", result[1], x)


def wgmma():
    # Operands as cp.async leaves them, in both orders; A from registers; a sum that is kept or not.
    for kind, swizzle, a_rows, b_rows, m, n, k, warps in (
            ("f16", 128, True, False, 64, 64, 64, 4), ("f16", 128, True, True, 64, 64, 64, 4),
            ("bf16", 64, True, False, 64, 40, 64, 4), ("f16", 32, True, False, 128, 32, 48, 4),
            ("f16", 128, False, True, 64, 64, 64, 4), ("f16", 128, True, False, 128, 64, 64, 8),
            ("f16", 64, False, True, 128, 64, 32, 8), ("f32", 128, True, False, 64, 32, 64, 4),
            ("i8", 64, True, False, 64, 64, 64, 4), ("f16", 128, None, False, 128, 64, 64, 8),
            ("bf16", 128, None, True, 64, 64, 64, 4)):
        a, b = random((m, k), kind), random((k, n), kind)
        if kind != "bf16":
            a, b = np.sign(a), np.sign(b)
        wide = [from_bf16(x) if kind == "bf16" else x.astype(np.float64) for x in (a, b)]
        expected = wide[0] @ wide[1]
        in_registers = a_rows is None
        a_memory = a if a_rows is not False else np.ascontiguousarray(a.T)
        b_memory = b if b_rows else np.ascontiguousarray(b.T)
        sum_kind = "i32" if kind == "i8" else "f32"
        ta = "x".join(map(str, a_memory.shape)) + f"x{kind}"
        tb = "x".join(map(str, b_memory.shape)) + f"x{kind}"
        tc = f"{m}x{n}x{sum_kind}"
        flags = " ".join(["" if a_rows is not False else "transpose_a",
                          "" if b_rows else "transpose_b", "tf32" if kind == "f32" else ""])
        left = f"tensor<{ta}>" if in_registers else f"!cta.shared<{ta}, {swizzle}>"
        load_a = (f"%la = cta.load %a[%c0, %c0] dims [0, 1] : memref<{ta}> -> tensor<{ta}>"
                  if in_registers else f"""
          %la = cta.alloc : !cta.shared<{ta}, {swizzle}>
          cta.copy_async %a[%c0, %c0] dims [0, 1] into %la : memref<{ta}> to
              !cta.shared<{ta}, {swizzle}>""")
        body = ZERO + f"""
          %false = arith.constant false
          %true = arith.constant true
          %sb = cta.alloc : !cta.shared<{tb}, {swizzle}>
          {load_a}
          cta.copy_async %b[%c0, %c0] dims [0, 1] into %sb : memref<{tb}> to !cta.shared<{tb},
              {swizzle}>
          cta.async_commit
          cta.async_wait 0
          cta.barrier
          %c = cta.load %y[%c0, %c0] dims [0, 1] : memref<{tc}> -> tensor<{tc}>
          %d = cta.wgmma %la, %sb, %c keep %false {flags} : {left}, !cta.shared<{tb}, {swizzle}>,
              tensor<{tc}>
          %e = cta.wgmma %la, %sb, %d keep %true {flags} : {left}, !cta.shared<{tb}, {swizzle}>,
              tensor<{tc}>
          %f = cta.wgmma_wait 0, %e : tensor<{tc}>
          cta.store %f, %y[%c0, %c0] dims [0, 1] : tensor<{tc}>, memref<{tc}>"""
        y = random((m, n), sum_kind)
        result = run(body, [("a", f"memref<{ta}>", a_memory), ("b", f"memref<{tb}>", b_memory),
                            ("y", f"memref<{tc}>", y)], warps, arch="sm_90a")
        expect(f"wgmma {kind} swizzle {swizzle} A {a_rows} B {b_rows} {m}x{n}x{k}", result[2],
               (2 * expected).astype(y.dtype))


def ring():
    # A producer that copies by TMA, and eight warps that multiply: a ring of mbarriers between.
    # Twice, as a block that takes several tiles does.
    m, n, k, step, stages = 128, 64, 192, 64, 2
    a, b = np.sign(random((m, k), "f16")), np.sign(random((n, k), "f16"))
    sa, sb = f"{m}x{step}xf16, 128", f"{n}x{step}xf16, 128"
    bytes_ = (m + n) * step * 2
    loop = f"""
          %slot = arith.remui %i, %cs : index
          %turn = arith.divui %i, %cs : index
          %turn32 = arith.index_cast %turn : index to i32
          %one = arith.constant 1 : i32
          %phase = arith.andi %turn32, %one : i32
          %sa = cta.stage %ra[%slot] : !cta.shared<{stages}x{sa}>
          %sb = cta.stage %rb[%slot] : !cta.shared<{stages}x{sb}>"""
    body = ZERO + f"""
      %c1 = arith.constant 1 : index
      %cs = arith.constant {stages} : index
      %steps = arith.constant {k // step} : index
      %step = arith.constant {step} : index
      %cm = arith.constant {m} : index
      scf.forall (%block) in (2) {{
      %row = arith.muli %block, %cm : index
      %ra = cta.alloc : !cta.shared<{stages}x{sa}>
      %rb = cta.alloc : !cta.shared<{stages}x{sb}>
      %sc = cta.alloc : !cta.shared<{m}x{n}xf16, 128>
      %full = cta.barriers arrivals 1 : !cta.barriers<{stages}>
      %empty = cta.barriers arrivals 2 : !cta.barriers<{stages}>
      %ma = cta.tensor_map %a : memref<{m}x{k}xf16> -> !cta.tensor_map<2, {sa}>
      %mb = cta.tensor_map %b : memref<{n}x{k}xf16> -> !cta.tensor_map<2, {sb}>
      %my = cta.tensor_map %y : memref<{2 * m}x{n}xf16> -> !cta.tensor_map<2, {m}x{n}xf16, 128>
      cta.roles warps [4, 8] registers [40, 232] single [0] {{
        scf.for %i = %c0 to %steps step %c1 {{
          {loop}
          %free = arith.xori %phase, %one : i32
          cta.wait %empty[%slot] parity %free : !cta.barriers<{stages}>
          cta.arrive %full[%slot] expect {bytes_} : !cta.barriers<{stages}>
          %at = arith.muli %i, %step : index
          cta.tma_load %ma[%c0, %at] into %sa, %full[%slot] : !cta.tensor_map<2, {sa}> to
              !cta.shared<{sa}>, !cta.barriers<{stages}>
          cta.tma_load %mb[%c0, %at] into %sb, %full[%slot] : !cta.tensor_map<2, {sb}> to
              !cta.shared<{sb}>, !cta.barriers<{stages}>
        }}
      }}, {{
        %z = arith.constant dense<0.0> : tensor<{m}x{n}xf32>
        %d = scf.for %i = %c0 to %steps step %c1 iter_args(%sum = %z) -> (tensor<{m}x{n}xf32>) {{
          {loop}
          cta.wait %full[%slot] parity %phase : !cta.barriers<{stages}>
          %p = cta.wgmma %sa, %sb, %sum transpose_b : !cta.shared<{sa}>, !cta.shared<{sb}>,
              tensor<{m}x{n}xf32>
          %q = cta.wgmma_wait 0, %p : tensor<{m}x{n}xf32>
          cta.arrive %empty[%slot] : !cta.barriers<{stages}>
          scf.yield %q : tensor<{m}x{n}xf32>
        }}
        %h = arith.truncf %d : tensor<{m}x{n}xf32> to tensor<{m}x{n}xf16>
        cta.store_shared %h, %sc : tensor<{m}x{n}xf16>, !cta.shared<{m}x{n}xf16, 128>
        cta.tma_store %sc, %my[%row, %c0] : !cta.shared<{m}x{n}xf16, 128> to !cta.tensor_map<2,
            {m}x{n}xf16, 128>
        cta.tma_store_wait 0
      }}
      }}"""
    y = np.zeros((2 * m, n), np.float16)
    result = run(body, [memref("a", a, "f16"), memref("b", b, "f16"), memref("y", y, "f16")], 12,
                 arch="sm_90a",
                 maps=[(0, f"{k}x{m}", f"{step}x{m}", "128B"),
                       (1, f"{k}x{n}", f"{step}x{n}", "128B"),
                       (2, f"{n}x{2 * m}", f"{n}x{m}", "128B")])
    assert "stmatrix" in result.ptx
    product = (a.astype(np.float64) @ b.astype(np.float64).T).astype(np.float16)
    expect("ring", result[2], np.concatenate([product, product]))


def attention():
    # softmax(Q K^T) V over two blocks of keys, with a running maximum: P stays in its registers.
    q, k, v = (np.sign(random((64, 64), "f16")) / np.float16(4), np.sign(random((128, 64), "f16")),
               random((128, 64), "f16"))
    body = ZERO + """
      %c64 = arith.constant 64 : index
      %c128 = arith.constant 128 : index
      %zero = arith.constant dense<0.0> : tensor<64x64xf32>
      %none = arith.constant dense<-1.0e30> : tensor<64xf32>
      %nothing = arith.constant dense<0.0> : tensor<64xf32>
      %tq = cta.load %q[%c0, %c0] dims [0, 1] : memref<64x64xf16> -> tensor<64x64xf16>
      %o:3 = scf.for %i = %c0 to %c128 step %c64 iter_args(%acc = %zero, %m = %none, %l = %nothing)
          -> (tensor<64x64xf32>, tensor<64xf32>, tensor<64xf32>) {
        %tk = cta.load %k[%i, %c0] dims [0, 1] : memref<128x64xf16> -> tensor<64x64xf16>
        %tkt = cta.transpose %tk [1, 0] : tensor<64x64xf16> -> tensor<64x64xf16>
        %tv = cta.load %v[%i, %c0] dims [0, 1] : memref<128x64xf16> -> tensor<64x64xf16>
        %s = cta.dot %tq, %tkt, %zero : tensor<64x64xf16>, tensor<64x64xf16>, tensor<64x64xf32>
        %r = cta.reduce %s axis 1 : (tensor<64x64xf32>) -> tensor<64xf32> {
        ^bb0(%a: f32, %b: f32):
          %x = arith.maximumf %a, %b : f32
          cta.yield %x : f32
        }
        %mn = arith.maximumf %m, %r : tensor<64xf32>
        %mb = cta.broadcast %mn along [1] : tensor<64xf32> -> tensor<64x64xf32>
        %d = arith.subf %s, %mb : tensor<64x64xf32>
        %p = math.exp2 %d fastmath<afn> : tensor<64x64xf32>
        %dm = arith.subf %m, %mn : tensor<64xf32>
        %scale = math.exp2 %dm fastmath<afn> : tensor<64xf32>
        %ps = cta.reduce %p axis 1 : (tensor<64x64xf32>) -> tensor<64xf32> {
        ^bb0(%a: f32, %b: f32):
          %x = arith.addf %a, %b : f32
          cta.yield %x : f32
        }
        %ls = arith.mulf %l, %scale : tensor<64xf32>
        %ln = arith.addf %ls, %ps : tensor<64xf32>
        %sb = cta.broadcast %scale along [1] : tensor<64xf32> -> tensor<64x64xf32>
        %as = arith.mulf %acc, %sb : tensor<64x64xf32>
        %ph = arith.truncf %p : tensor<64x64xf32> to tensor<64x64xf16>
        %an = cta.dot %ph, %tv, %as : tensor<64x64xf16>, tensor<64x64xf16>, tensor<64x64xf32>
        scf.yield %an, %mn, %ln : tensor<64x64xf32>, tensor<64xf32>, tensor<64xf32>
      }
      %lb = cta.broadcast %o#2 along [1] : tensor<64xf32> -> tensor<64x64xf32>
      %n = arith.divf %o#0, %lb : tensor<64x64xf32>
      cta.store %n, %y[%c0, %c0] dims [0, 1] : tensor<64x64xf32>, memref<64x64xf32>"""
    for arch in ("sm_80", "sm_90a"):
        result = run(body, [memref("q", q, "f16"), memref("k", k, "f16"), memref("v", v, "f16"),
                            memref("y", np.zeros((64, 64), np.float32), "f32")], 4, arch=arch)
        s = q.astype(np.float64) @ k.astype(np.float64).T
        p = np.exp2(s - s.max(1, keepdims=True))
        expected = p @ v.astype(np.float64) / p.sum(1, keepdims=True)
        error = np.abs(result[3] - expected).max()
        assert error < 5e-3, f"attention: off by {error}"
        print("ok attention", arch)


if __name__ == "__main__":
    for group in sys.argv[1:]:
        globals()[group]()
