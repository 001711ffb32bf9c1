"""Runs a command in a pseudo-terminal, as somebody would who looks at it, makes the window larger, and presses keys.

terminal.py STEPS COMMAND...: STEPS is a JSON list of ["wait", TEXT], ["resize", ROWS, COLUMNS] and ["type", TEXT]. Prints a JSON object: the exit code,
what the command wrote to the terminal, and whether its settings are the same as before.
"""
import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

DEADLINE_S = 60

# A shell around the command keeps the terminal open, so that its settings can be read afterwards.
AROUND = 'trap : INT; stty rows 24 columns 80; stty -g; echo BEGIN; "$@"; code=$?; echo; echo END; echo $code; stty -g'


def resize(terminal, rows, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def main():
    steps = json.loads(sys.argv[1])
    process, terminal = pty.fork()
    if process == 0:
        os.environ["TERM"] = "xterm"
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ignored in what runs in the background of a script, and then by all that it starts.
        os.execv("/bin/sh", ["sh", "-c", AROUND, "sh"] + sys.argv[2:])
    deadline = time.monotonic() + DEADLINE_S
    received = b""
    seen = 0

    def read():
        nonlocal received
        ready, _, _ = select.select([terminal], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            sys.exit("the deadline has passed; received: " + repr(received))
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            return False
        received += piece
        return len(piece) > 0

    for step in steps:
        if step[0] == "wait":
            wanted = step[1].encode()
            while received.find(wanted, seen) < 0:
                if not read():
                    sys.exit("it ended before " + repr(wanted) + "; received: " + repr(received))
            seen = received.find(wanted, seen) + len(wanted)
        elif step[0] == "resize":
            seen = len(received)
            resize(terminal, step[1], step[2])
        elif step[0] == "type":
            seen = len(received)
            os.write(terminal, step[1].encode())
    while read():
        pass
    os.waitpid(process, 0)
    before, _, rest = received.decode(errors="replace").replace("\r\n", "\n").partition("\nBEGIN\n")
    output, _, rest = rest.rpartition("\nEND\n")
    code, after = rest.split()
    print(json.dumps({"code": int(code), "output": output, "same": before == after}))


main()
