"""random_control.py SEED COUNT: kernels with control flow that nobody would write, each run twice:
by 32 lanes of a warp, and by 32 blocks of one thread, which cannot diverge. Both must give the
same."""

import random
import subprocess
import sys

HEADER = """.version 8.5
.target sm_90a
.address_size 64
"""


def body(rng, functions, label, leave):
    """Blocks that change %r2 and go on to others at random, until %r3 has counted 300 of them."""
    count = rng.randint(2, 24)
    lines = []
    for i in range(count):
        lines.append(f"{label}{i}:")
        lines.append("add.u32 %r3, %r3, 1;")
        lines.append("setp.gt.u32 %p1, %r3, 300;")
        lines.append(f"@%p1 bra {label}END;")
        factor, addend = rng.randrange(1, 1 << 16, 2), rng.randrange(1 << 16)
        lines.append(f"mad.lo.u32 %r2, %r2, {factor}, {addend};")
        lines.append(f"shr.u32 %r4, %r2, {rng.randrange(20, 31)};")
        target = [f"{label}{rng.randrange(count)}" for _ in range(4)]
        kind = rng.randrange(8)
        if functions and kind == 0:
            lines += [
                "{ .param .b32 a; .param .b32 b;",
                "st.param.b32 [a], %r2;",
                f"call (b), {rng.choice(functions)}, (a);",
                "ld.param.b32 %r2, [b]; }",
            ]
        if functions and kind == 1:
            lines += [
                f"and.b32 %r5, %r4, 1; setp.ne.u32 %p1, %r5, 0; mov.u64 %rd4, {functions[0]};",
                f"@%p1 mov.u64 %rd4, {functions[-1]};",
                "{ .param .b32 a; .param .b32 b;",
                f"type{label}{i}: .callprototype (.param .b32 _) _ (.param .b32 _);",
                f"st.param.b32 [a], %r2; call (b), %rd4, (a), type{label}{i};",
                "ld.param.b32 %r2, [b]; }",
            ]
        if kind == 2:
            lines.append(f"list{label}{i}: .branchtargets {', '.join(target)};")
            lines.append(f"and.b32 %r5, %r4, 3; brx.idx %r5, list{label}{i};")
        elif kind == 3:
            lines.append(f"setp.eq.u32 %p1, %r4, {rng.randrange(8)}; @%p1 {leave};")
        elif kind == 4:
            lines.append(f"bra {target[0]};")
        else:
            mask = rng.choice([1, 2, 3, 6])
            lines.append(f"and.b32 %r5, %r4, {mask}; setp.eq.u32 %p1, %r5, 0;")
            lines.append(f"@{rng.choice(['', '!'])}%p1 bra {target[0]};")
    lines.append(f"{label}END:")
    return "\n".join(lines)


def main():
    rng = random.Random(int(sys.argv[1]))
    text, launches = HEADER, {"warp": [], "blocks": []}
    registers = ".reg .pred %p<4>; .reg .b32 %r<8>; .reg .b64 %rd<8>;\n"
    for number in range(int(sys.argv[2])):
        functions = [f"f{number}_{i}" for i in range(rng.randrange(4))]
        for i, name in enumerate(functions):
            text += f".func (.param .b32 result) {name}(.param .b32 x) {{\n{registers}"
            text += "ld.param.b32 %r2, [x]; mov.u32 %r3, 270; st.param.b32 [result], %r2;\n"
            text += body(rng, functions[:i], "F", "ret") + "\nst.param.b32 [result], %r2; ret; }\n"
        text += f".visible .entry k{number}(.param .u64 out) {{\n{registers}"
        text += "ld.param.u64 %rd1, [out];\n"
        text += "mov.u32 %r1, %ctaid.x; mov.u32 %r2, %ntid.x; mov.u32 %r3, %tid.x;\n"
        text += "mad.lo.u32 %r1, %r1, %r2, %r3; mad.wide.u32 %rd2, %r1, 4, %rd1;\n"
        text += "mad.lo.u32 %r2, %r1, 2654435769, 12345; mov.u32 %r3, 0;\n"
        text += body(rng, functions, "L", "bra LEND") + "\nst.global.u32 [%rd2], %r2; ret; }\n"
        for name, shape in (("warp", "--block=32"), ("blocks", "--grid=32")):
            launches[name].append(f"--launch=--kernel=k{number} {shape} --arg=u32*32=zeros:out")
    results = {}
    for name, options in launches.items():
        run = subprocess.run(
            ["azulejo-ptx", "-", "--stack=4096", *options],
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            print(text)
            sys.exit(run.stderr)
        results[name] = run.stdout.split("arg0[0]:")
    for number, (warp, blocks) in enumerate(zip(results["warp"], results["blocks"])):
        if warp != blocks:
            print(f"kernel {number - 1}: a warp gives {warp}, single threads give {blocks}")
            print(text)
            sys.exit(1)
    print(f"{len(results['warp']) - 1} kernels")


main()
