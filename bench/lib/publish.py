"""Publishes Ropeway once per state of the sources and keeps the result below the user's cache directory."""

import fcntl
import hashlib
import os
import shutil
import subprocess

import machine

SOURCES = ("src", "Directory.Build.props", "Directory.Packages.props", "global.json", "BannedSymbols.txt", ".editorconfig")
PUBLISHES_KEPT = 24


class PublishError(Exception):
    """Sources or tools are missing, or the build failed; the text is for people."""


class Build:
    """A published executable and what it was made of."""

    def __init__(self, executable, label):
        self.executable = executable
        self.label = label


def cache_directory():
    """Where publishes are kept: ROPEWAY_BENCH_CACHE, or `ropeway-bench` in the user's cache directory."""
    chosen = os.environ.get("ROPEWAY_BENCH_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return chosen or os.path.join(base, "ropeway-bench")


def published(what, checkout, is_native=False, say=print):
    """Gives a build of `what`: a published executable or its directory, another checkout, or a commit of `checkout`; "" is the checkout as it is."""
    if os.path.isfile(what):
        return Build(os.path.abspath(what), "file")
    if os.path.isdir(what):
        executable = os.path.join(what, "ropeway")
        if os.path.isfile(executable):
            return Build(os.path.abspath(executable), "directory")
        checkout, what = what, ""
    tree, label = _tree_of(what, checkout)
    return Build(_publish(tree, checkout, is_native, say), label)


def counters_hook(checkout, say=print):
    """Builds bench/Ropeway.Counters, once per state of its source. Returns the assembly for DOTNET_STARTUP_HOOKS."""
    project = os.path.join(checkout, "bench", "Ropeway.Counters")
    with open(os.path.join(project, "StartupHook.cs"), "rb") as file:
        key = hashlib.sha256(file.read()).hexdigest()[:16]
    target = os.path.join(cache_directory(), f"counters-{key}")
    assembly = os.path.join(target, "Ropeway.Counters.dll")
    if not os.path.isfile(assembly):
        say(f"building {target} ...")
        words = ["dotnet", "build", project, "-c", "Release", "-o", target, "-v", "q", "--nologo"]
        built = subprocess.run(words, capture_output=True, text=True, check=False)
        if built.returncode != 0:
            raise PublishError(f"{' '.join(words)} failed:\n{built.stdout[-3000:]}")
    return assembly


def _git(checkout, *words, **more):
    environment = {**os.environ, **more.pop("environment", {})}
    done = subprocess.run(["git", "-C", checkout, *words], capture_output=True, text=True, env=environment, check=False, **more)
    if done.returncode != 0:
        raise PublishError(f"git {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout.strip()


def _tree_of(commit, checkout):
    if commit:
        name = _git(checkout, "rev-parse", "--verify", "--short", f"{commit}^{{commit}}")
        return _git(checkout, "rev-parse", f"{commit}^{{tree}}"), name
    # The files as they are, committed or not: a tree made with an index of our own.
    os.makedirs(cache_directory(), exist_ok=True)
    index = os.path.join(cache_directory(), f"index.{os.getpid()}")
    top = _git(checkout, "rev-parse", "--show-toplevel")
    try:
        present = [path for path in SOURCES if os.path.exists(os.path.join(top, path))]
        _git(top, "read-tree", "HEAD", environment={"GIT_INDEX_FILE": index})
        _git(top, "add", "--all", "--", *present, environment={"GIT_INDEX_FILE": index})
        tree = _git(top, "write-tree", environment={"GIT_INDEX_FILE": index})
    finally:
        if os.path.exists(index):
            os.remove(index)
    head = _git(top, "rev-parse", "--short", "HEAD")
    changed = _key(top, tree) != _key(top, "HEAD")
    return tree, head + ("+changes" if changed else "")


def _key(checkout, tree):
    """Names the sources in a tree: equal for commits that differ only in tests and documents."""
    listed = _git(checkout, "ls-tree", tree, "--", *SOURCES)
    return hashlib.sha256(listed.encode()).hexdigest()[:16]


def _publish(tree, checkout, is_native, say):
    top = _git(checkout, "rev-parse", "--show-toplevel")
    kind = "native" if is_native else "r2r"
    target = os.path.join(cache_directory(), f"{_key(top, tree)}-{kind}")
    executable = os.path.join(target, "ropeway")
    os.makedirs(cache_directory(), exist_ok=True)
    with open(os.path.join(cache_directory(), "lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.isfile(executable):
            say(f"publishing {target} ...")
            _build(tree, top, target, is_native)
            _forget_old()
        os.utime(target)
    return executable


def _build(tree, top, target, is_native):
    # One build directory for all: only files that differ are touched, so that most of the build need not be repeated.
    sources = os.path.join(cache_directory(), "sources")
    os.makedirs(sources, exist_ok=True)
    index = os.path.join(cache_directory(), "sources.index")
    git_directory = os.path.abspath(os.path.join(top, _git(top, "rev-parse", "--git-common-dir")))
    environment = {**os.environ, "GIT_INDEX_FILE": index, "GIT_DIR": git_directory, "GIT_WORK_TREE": sources}
    checked_out = subprocess.run(["git", "read-tree", "--reset", "-u", tree], cwd=sources, env=environment, capture_output=True, text=True, check=False)
    if checked_out.returncode != 0:
        raise PublishError(f"the sources could not be laid out: {checked_out.stderr.strip()}")
    unfinished = f"{target}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    words = ["dotnet", "publish", "src/Ropeway.Server", "-c", "Release", "-o", unfinished, "-v", "q", "--nologo"]
    if is_native:
        # Its intermediate files would be taken for those of the other kind.
        words += ["-p:PublishAot=true", "--artifacts-path", os.path.join(cache_directory(), "native")]
    built = subprocess.run(words, cwd=sources, capture_output=True, text=True, check=False)
    if built.returncode != 0:
        raise PublishError(f"{' '.join(words)} failed:\n{built.stdout[-3000:]}{built.stderr[-1000:]}")
    os.rename(unfinished, target)


def _forget_old():
    root = cache_directory()
    kept = [os.path.join(root, name) for name in os.listdir(root) if name.endswith(("-r2r", "-native"))]
    for path in sorted(kept, key=os.path.getmtime, reverse=True)[PUBLISHES_KEPT:]:
        shutil.rmtree(path, ignore_errors=True)


def describe_sdk():
    """Version of the .NET SDK."""
    return machine.command_line("dotnet", "--version")
