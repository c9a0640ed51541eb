"""Commands where there is no network but this machine's own loopback: a network namespace without a way out."""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

UP = 0x8914, struct.pack("16sH14s", b"lo", 1, b"")  # SIOCSIFFLAGS, IFF_UP; see netdevice(7)


def alone(*command: str | Path) -> tuple[str, ...]:
    """The command, to be run without a network. Linux, root or user namespaces."""
    root = () if os.geteuid() == 0 else ("--map-root-user",)
    return ("unshare", "--net", *root, sys.executable, "-P", __file__, *map(str, command))


def impossible() -> str:
    """Why there can be no such namespace here; "" if there can be."""
    if not shutil.which("unshare"):
        return "there is no unshare(1)"
    tried = subprocess.run(alone("true"), capture_output=True, text=True, check=False)
    return tried.stderr.strip() if tried.returncode else ""


def main() -> None:
    with socket.socket() as probe:
        fcntl.ioctl(probe, *UP)
    try:
        socket.create_connection(("198.51.100.1", 443), 1)  # TEST-NET-2
    except OSError as error:
        if error.errno not in (101, 113):  # ENETUNREACH, EHOSTUNREACH
            raise SystemExit(f"error: there may be a way out: {error}") from None
    else:
        raise SystemExit("error: there is a way out")
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
