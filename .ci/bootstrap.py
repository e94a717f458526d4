"""Make .venv with exactly what uv.lock says, on a machine that has Python 3.11, make and git.

It uses the ordinary clients of each registry. uv comes by pip, pinned by hash; where Debian left pip out, pip comes by
apt, unpacked under var/tools without becoming root. Nothing outside the checkout is changed.
`bootstrap.py local-slack` also fetches the stand-in for Slack of the end-to-end tests, by npm; without it they skip.
`bootstrap.py lock` renews uv.lock first.
"""

import hashlib
import os
import platform
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "var" / "tools"
VENV = ROOT / ".venv"
STAMP = VENV / ".bootstrapped"

UV = "0.13.9"
UV_HASHES = {
    "x86_64": "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
    "aarch64": "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
}
LOCAL_SLACK = "0.1.8"
LOCAL_SLACK_SHA512 = "2BCTKxKajjZNWCSCj66Jq5VDScUDNpGZ1lA3281I8RvpDE4/ULCwC26TlcW6/4sPbSTs02Q3KjTiltJp3ZBEvg=="
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")  # where Debian keeps them


class BootstrapError(Exception):
    """What went wrong, and what the person can do."""


def main() -> int:
    try:
        if "lock" in sys.argv[1:]:
            run([bring_uv(), "lock", "--python", sys.executable], "uv.lock could not be renewed.", seen=True)
        bring_environment()
    except BootstrapError as error:
        print(f"bootstrap: {error}", file=sys.stderr)
        return 1
    if "local-slack" in sys.argv[1:]:
        try:
            bring_local_slack()
        except BootstrapError as error:  # the tests that need it say so again
            say(f"no local-slack: {error}")
    return 0


def bring_environment() -> None:
    wanted = hashlib.sha256(sys.version.encode())
    for name in ("uv.lock", "pyproject.toml"):
        wanted.update((ROOT / name).read_bytes())
    if STAMP.exists() and STAMP.read_text() == wanted.hexdigest():
        return
    if sys.version_info < (3, 11):
        raise BootstrapError(f"Python 3.11 or newer is needed; {sys.executable} is {platform.python_version()}.")
    started = time.monotonic()
    uv = bring_uv()
    say("installing the packages of uv.lock into .venv …")
    quiet = [] if sys.stderr.isatty() else ["--quiet"]  # a person sees the progress
    run(
        [uv, "sync", "--frozen", "--python", sys.executable, *quiet],
        "The packages could not be installed.",
        seen=True,
        UV_PYTHON_DOWNLOADS="never",
        UV_PROJECT_ENVIRONMENT=str(VENV),
    )
    STAMP.write_text(wanted.hexdigest())
    say(f"ready in {time.monotonic() - started:.0f} s")


def bring_uv() -> str:
    """The pinned uv: from var/tools, from PATH if it is the same version, or from PyPI."""
    import shutil

    ours = TOOLS / f"uv-{UV}" / "bin" / "uv"
    if ours.exists():
        return str(ours)
    theirs = shutil.which("uv")
    if theirs and run([theirs, "--version"], "uv does not start.").startswith(f"uv {UV} "):
        return theirs
    machine = platform.machine()
    if sys.platform != "linux" or machine not in UV_HASHES:
        raise BootstrapError(f"there is no pinned uv for {sys.platform} on {machine}: install uv {UV} and try again.")
    pip = bring_pip()
    say(f"fetching uv {UV} …")
    pinned = TOOLS / "uv.txt"
    pinned.write_text(f"uv=={UV} --hash=sha256:{UV_HASHES[machine]}\n")
    unfinished = TOOLS / f"uv-{UV}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    run(
        [*pip, "install", "--quiet", "--target", str(unfinished), "--no-deps", "--only-binary", ":all:",
         "--require-hashes", "-r", str(pinned)],
        "uv could not be fetched.",
        PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_RETRIES="2", PIP_ROOT_USER_ACTION="ignore",
    )  # fmt: skip
    unfinished.rename(TOOLS / f"uv-{UV}")
    return str(ours)


def bring_pip() -> list[str]:
    """How to call pip: this Python's own, or Debian's, unpacked under var/tools."""
    TOOLS.mkdir(parents=True, exist_ok=True)
    if succeeds([sys.executable, "-m", "pip", "--version"]):
        return [sys.executable, "-m", "pip"]
    say("this Python has no pip; fetching Debian's …")
    wheels = sorted(unpack_debian("python3-pip-whl").glob("usr/share/python-wheels/pip-*.whl"))
    return [sys.executable, f"{wheels[-1]}/pip"]


def bring_certificates() -> str:
    """A file of certificates that TLS can be verified with."""
    for name in ("PIP_CERT", "SSL_CERT_FILE"):
        if Path(os.environ.get(name) or "/none").is_file():
            return os.environ[name]
    if CERTIFICATES.exists() or not _has_apt():
        return str(CERTIFICATES) if CERTIFICATES.exists() else ""
    bundle = TOOLS / "ca-certificates.crt"
    if not bundle.exists():
        TOOLS.mkdir(parents=True, exist_ok=True)
        say("this machine has no certificates; fetching Debian's …")
        single = unpack_debian("ca-certificates").glob("usr/share/ca-certificates/**/*.crt")
        bundle.write_text("\n".join(each.read_text() for each in sorted(single)))
    return str(bundle)


def unpack_debian(package: str) -> Path:
    """A package of Debian, checked by apt against Debian's signatures, unpacked and not installed."""
    folder = TOOLS / package
    if folder.exists():
        return folder
    if not _has_apt():
        raise BootstrapError(f"there is no pip: install pip, or uv {UV}, and try again.")
    downloads = TOOLS / "apt"
    for each in ("lists/partial", "cache/archives/partial"):
        (downloads / each).mkdir(parents=True, exist_ok=True)
    private = ["-o", f"Dir::State::Lists={downloads}/lists", "-o", f"Dir::Cache={downloads}/cache",
               "-o", "APT::Sandbox::User=", "-qq"]  # fmt: skip
    wrong = f"{package} could not be fetched from Debian."
    run(["apt-get", *private, "update"], wrong)
    run(["apt-get", *private, "download", package], wrong, cwd=downloads)
    archive = max(downloads.glob(f"{package}_*.deb"), key=lambda each: each.stat().st_mtime)
    unfinished = folder.with_suffix(".unfinished")
    run(["dpkg-deb", "-x", str(archive), str(unfinished)], wrong)
    unfinished.rename(folder)
    return folder


def _has_apt() -> bool:
    import shutil

    return bool(shutil.which("apt-get") and shutil.which("dpkg-deb"))


def bring_local_slack() -> None:
    """var/tools/local-slack, from npm, its contents pinned by hash."""
    import base64
    import shutil
    import tarfile

    binary = TOOLS / "local-slack"
    stamp = TOOLS / "local-slack.version"
    if binary.exists() and stamp.exists() and stamp.read_text() == LOCAL_SLACK:
        return
    if platform.machine() != "x86_64" or sys.platform != "linux":
        raise BootstrapError(f"it is not packaged for {sys.platform} on {platform.machine()}.")
    if not shutil.which("npm"):
        raise BootstrapError("npm is not installed.")
    say(f"fetching local-slack {LOCAL_SLACK} …")
    TOOLS.mkdir(parents=True, exist_ok=True)
    name = f"local-slack-linux-x64@{LOCAL_SLACK}"
    run(["npm", "pack", "--silent", "--pack-destination", str(TOOLS), name], "npm could not fetch it.")
    archive = TOOLS / f"local-slack-linux-x64-{LOCAL_SLACK}.tgz"
    if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != LOCAL_SLACK_SHA512:
        archive.unlink()
        raise BootstrapError("what npm brought is not the file that is pinned here.")
    with tarfile.open(archive) as package, package.extractfile("package/bin/local-slack") as source:
        binary.with_suffix(".unfinished").write_bytes(source.read())
    binary.with_suffix(".unfinished").chmod(0o755)
    binary.with_suffix(".unfinished").rename(binary)
    stamp.write_text(LOCAL_SLACK)
    archive.unlink()


def run(command: list[str], wrong: str, *, cwd: Path = ROOT, seen: bool = False, **variables: str) -> str:
    """The output of a command. BootstrapError: what it said last."""
    import subprocess

    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"} | variables
    if command[0] != "apt-get" and command[0] != "dpkg-deb" and (certificates := bring_certificates()):
        env = {"PIP_CERT": certificates, "SSL_CERT_FILE": certificates, "NODE_EXTRA_CA_CERTS": certificates} | env
    done = subprocess.run(command, cwd=cwd, env=env, text=True, capture_output=not seen, check=False)
    if done.returncode:
        told = ((done.stderr or "") + (done.stdout or "")).strip().splitlines()[-3:]
        raise BootstrapError("\n  ".join([wrong, *told, "Is there a network? Then run the same command again."]))
    return done.stdout or ""


def succeeds(command: list[str]) -> bool:
    import subprocess

    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def say(text: str) -> None:
    print(f"bootstrap: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
