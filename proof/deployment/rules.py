"""Other rules for what is deployed. `sam build` compiles the rules into each program as JSON text (`shared/build.rs`); here a text as
long takes its place, filled up with blanks, so that the programs are those that were built, but for their rules.
"""

import json
import re
import subprocess
from contextlib import contextmanager

from stack import BUILT, CONFIG, ROOT, packed


def compiled(program, rules):
    """The rules in a file as they are built in. `program` is `proof/deployed`."""
    return json.loads(subprocess.run([program, "--rules", rules], cwd=ROOT, capture_output=True, check=True).stdout)


def exchanged(binary, old, new):
    """A program with new rules in place of the old ones, which it holds once or, if it needs none, not at all."""
    found = []
    for begin in (match.start() for match in re.finditer(rb'\{"(?:%s)":' % "|".join(old).encode(), binary)):
        text = binary[begin : begin + 100_000].decode(errors="replace")
        try:
            rules, length = json.JSONDecoder().raw_decode(text)
        except json.JSONDecodeError:
            continue
        if rules == old:
            found.append((begin, len(text[:length].encode())))
    if not found:
        return binary
    [(begin, length)] = found
    text = json.dumps(new, separators=(",", ":"), ensure_ascii=False).encode()
    assert len(text) <= length, f"rules of {len(text)} bytes do not fit where {length} are"
    return binary[:begin] + text.ljust(length) + binary[begin + length :]


def upload(stack, program, rules):
    """Gives every function the program that was built, with these rules; how many have rules."""
    old, new, having = compiled(program, CONFIG), compiled(program, rules), 0
    for name, function in stack.functions().items():
        binary = (BUILT / name / "bootstrap").read_bytes()
        other = exchanged(binary, old, new)
        having += other != binary
        stack.cloud.client("lambda").update_function_code(FunctionName=function, ZipFile=packed(other))
    return having


@contextmanager
def other_rules(stack, operator, program, rules):
    """The deployment with the rules in a file, until the end."""
    assert upload(stack, program, rules), "no function has rules"
    operator.config = rules
    try:
        yield
    finally:
        upload(stack, program, CONFIG)
        operator.config = CONFIG


def of_stories():
    """The rules that stories bring, as paths from the root."""
    folder = ROOT / "local/tests/scenarios"
    names = {line.removeprefix("config:").strip() for path in folder.glob("*.txt") for line in path.read_text().splitlines() if line.startswith("config:")}
    return sorted(str((folder / name).relative_to(ROOT)) for name in names)
