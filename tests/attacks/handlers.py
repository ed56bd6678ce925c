"""One module of hostile handlers, chosen by the event; each tries to harm the server, its neighbours or the machine."""

SOURCE = r"""
import glob, json, os, resource, signal, socket, subprocess, sys, threading, time

def handler(event, context):
    return globals()[event["do"]](event)

def ok(event):
    return "ok"

def endless_loop(event):
    while True:
        pass

def deaf_endless_loop(event):
    for number in range(1, 32):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        pass

def hard_exit(event):
    os._exit(event.get("code", 0))

def soft_exit(event):
    sys.exit(1)

def segfault(event):
    import ctypes
    ctypes.string_at(0)

def fork_bomb(event):
    while True:
        try:
            if os.fork() == 0:
                continue
        except OSError:
            if os.getpid() != event.get("pid", -1):
                time.sleep(30)

def thread_bomb(event):
    made = 0
    try:
        while made < 20000:
            threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
            made += 1
    except (RuntimeError, MemoryError):
        pass
    return made

def daemon(event):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            open("/tmp/daemon", "w").write(str(os.getpid()))
            time.sleep(300)
        os._exit(0)
    return "started"

def orphan(event):
    if os.fork() == 0:
        time.sleep(300)
    os._exit(0)

def open_files(event):
    files = []
    try:
        while len(files) < 10000:
            files.append(open("/dev/null"))
    except OSError as exc:
        return len(files), exc.errno
    return len(files), 0

def print_much(event):
    line = "x" * 1023 + "\n"
    block = line * 1024
    for _ in range(event["mb"]):
        sys.stdout.write(block)
    return event["mb"]

def print_one_line(event):
    for _ in range(64):
        sys.stdout.write("y" * (1024 * 1024))
    return "done"

def read(event):
    try:
        with open(event["path"], "rb") as file:
            return file.read(200).decode("latin-1")
    except OSError as exc:
        return exc.__class__.__name__

def look_around(event):
    found = []
    for pid in os.listdir("/proc"):
        if pid.isdigit():
            for name in ("environ", "cmdline", "cwd", "maps"):
                try:
                    data = os.readlink(f"/proc/{pid}/{name}") if name == "cwd" else open(f"/proc/{pid}/{name}", "rb").read().decode("latin-1")
                except OSError:
                    continue
                found.append(data)
    return "\n".join(found)

def walk(event):
    seen = []
    for root, folders, files in os.walk("/"):
        folders[:] = [name for name in folders if (root, name) not in (("/", "proc"), ("/", "usr"), ("/", "sys"), ("/", "dev"))]
        seen += [os.path.join(root, name) for name in files]
        if len(seen) > 200000:
            break
    return [path for path in seen if any(word in path for word in event["words"])][:20]

def write_outside(event):
    written = []
    for place in ("/", "/var/task", "/opt", "/var/runtime", "/etc", "/usr", "/usr/local", "/run", "/run/lambda", "/root", "/home", "/dev", "/dev/shm", "/proc", os.path.dirname(os.__file__)):
        try:
            with open(os.path.join(place, "evil"), "w") as file:
                file.write("x")
            written.append(place)
        except OSError:
            pass
    return written

def fill_tmp(event):
    written = 0
    try:
        for number in range(64):
            with open(f"/tmp/fill-{number}", "wb") as file:
                for _ in range(64):
                    written += file.write(b"\0" * (1024 * 1024))
    except OSError as exc:
        error = exc.errno
    else:
        error = 0
    for path in glob.glob("/tmp/fill-*"):
        os.unlink(path)
    return written, error

def kill_everything(event):
    killed = []
    for pid in range(1, 40):
        if pid != os.getpid():
            try:
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
            except OSError:
                pass
    try:
        os.kill(-1, signal.SIGKILL)
    except OSError:
        pass
    return killed

def kill_server(event):
    refused = 0
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP):
        try:
            os.kill(event["pid"], number)
        except OSError:
            refused += 1
    return refused

def kill_siblings(event):
    own, parent = os.getpid(), os.getppid()
    children = open(f"/proc/{parent}/task/{parent}/children").read().split()
    for pid in children:
        if int(pid) != own:
            os.kill(int(pid), signal.SIGKILL)
    return len(children) - 1

def stop_siblings(event):
    parent = os.getppid()
    for pid in open(f"/proc/{parent}/task/{parent}/children").read().split():
        if int(pid) != os.getpid():
            os.kill(int(pid), signal.SIGSTOP)
    return "stopped"

def bind(event):
    out = []
    for port in event["ports"]:
        with socket.socket() as mine:
            try:
                mine.bind(("127.0.0.1", port))
                mine.listen()
                out.append(port)
            except OSError:
                pass
    return out

def links(event):
    out = {}
    for name, target in {"up": "../../../../etc/shadow", "root": "/root", "proc": "/proc/1/root", "home": event["home"]}.items():
        path = f"/tmp/link-{name}"
        if os.path.lexists(path):
            os.unlink(path)
        os.symlink(target, path)
        try:
            out[name] = os.listdir(path) if os.path.isdir(path) else open(path).read(50)
        except OSError as exc:
            out[name] = exc.__class__.__name__
    return out

def huge(event):
    return "x" * (7 * 1024 * 1024)

def huge_error(event):
    raise ValueError("x" * (3 * 1024 * 1024))

def odd_error(event):
    class Odd(BaseException):
        pass
    raise Odd("base")

def unprintable_error(event):
    class Bad(Exception):
        def __str__(self):
            raise RuntimeError("no text")
    raise Bad()

def surrogate(event):
    return "\ud800"

def not_a_number(event):
    return float("nan")

def deep(event):
    value = []
    for _ in range(100000):
        value = [value]
    return value

def recursion(event):
    return recursion(event)

def memory_hog(event):
    blocks = []
    while True:
        block = bytearray(16 * 1024 * 1024)
        blocks.append(block)

def memory_hog_together(event):
    # Each process within its own limit; together far beyond the environment's.
    block = bytearray(event["mb"] * 1024 * 1024)
    for at in range(0, len(block), 4096):
        block[at] = 1
    time.sleep(event["s"])
    return len(block)

def close_all(event):
    os.closerange(3, 4096)
    return "closed"

def talk_to_api(event):
    # Bad requests to the environment's own API, from inside.
    host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
    for data in (b"\0" * 100000, b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 100000, b"POST /2018-06-01/runtime/invocation/x/response HTTP/1.1\r\nContent-Length: 9999999\r\n\r\nshort", b""):
        with socket.create_connection((host, int(port))) as api:
            api.sendall(data)
    return "sent"

def steal(event):
    host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
    kept = [socket.create_connection((host, int(port))) for _ in range(200)]
    for api in kept:
        api.sendall(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n")
    time.sleep(0.3)
    for api in kept:
        api.close()
    return "tried"

def rob(event):
    out = []
    for path in ("/2018-06-01/runtime/invocation/next", "/2018-06-01/ping"):
        try:
            with socket.create_connection(("127.0.0.1", event["port"]), timeout=1) as api:
                api.sendall(b"GET " + path.encode() + b" HTTP/1.1\r\n\r\n")
                out.append(api.recv(100).decode())
        except OSError as exc:
            out.append(exc.__class__.__name__)
    return out

def gain(event):
    out = []
    for step in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.chroot("/tmp"), lambda: os.mknod("/tmp/dev", 0o660 | 0o020000, os.makedev(1, 1)), lambda: os.nice(-20), lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (100000, 100000)), lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)):
        try:
            step()
            out.append("gained")
        except (OSError, ValueError):
            out.append("refused")
    done = subprocess.run(["mount", "-t", "tmpfs", "none", "/tmp"], capture_output=True)
    out.append("gained" if done.returncode == 0 else "refused")
    return out

def ptrace(event):
    # Attach to everything that can be seen, and write into its memory.
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    own = {os.getpid(), os.getppid()}
    attached = []
    for pid in sorted(int(name) for name in os.listdir("/proc") if name.isdigit()):
        if pid in own:
            continue
        same = os.stat(f"/proc/{pid}").st_uid == os.getuid()
        if libc.ptrace(16, pid, 0, 0) == 0:
            os.waitpid(pid, 0x40000000)  # __WALL: until it has stopped
            libc.ptrace(17, pid, 0, 0)
            attached.append([pid, same])
    return attached

def kernel(event):
    out = {}
    for path, text in event["writes"].items():
        try:
            with open(path, "w") as file:
                file.write(text)
            out[path] = "written"
        except OSError as exc:
            out[path] = exc.__class__.__name__
    for path in event["reads"]:
        try:
            with open(path, "rb") as file:
                out[path] = "read" if file.read(1) else "empty"
        except OSError as exc:
            out[path] = exc.__class__.__name__
    return out

def descriptors(event):
    # The open files of the sandbox's first process: its socket to the server and its pipes.
    found = []
    for pid in ("1", str(os.getppid())):
        for fd in range(64):
            try:
                found.append([pid, os.readlink(f"/proc/{pid}/fd/{fd}")])
            except OSError:
                pass
    return [item for item in found if item[0] == "1"]

def namespaces(event):
    # Become root in a user namespace of its own, and take the sandbox's mounts away.
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    pid = os.fork()
    if pid == 0:
        if libc.unshare(0x10000000 | 0x00020000) != 0:
            os._exit(0)
        for place in event["places"]:
            libc.umount2(place.encode(), 2)
        seen = []
        for place in event["places"]:
            try:
                seen += os.listdir(place)
            except OSError:
                pass
        os._exit(0 if not seen else 9)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

def many_files(event):
    # Names instead of bytes: a file system has only so many.
    made = 0
    try:
        for made in range(event["count"]):
            open(f"/tmp/n{made}", "w").close()
    except OSError:
        pass
    return made

def flood_of_signals(event):
    delivered = 0
    for number in range(1, 65):
        try:
            os.kill(1, number)
            delivered += 1
        except OSError:
            pass
    return delivered
"""
