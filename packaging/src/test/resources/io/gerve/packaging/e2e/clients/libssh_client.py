"""SSH client on libssh, for GIT_SSH: libssh_client.py USER@HOST COMMAND. CLIENT_PORT and CLIENT_KEY name port and key."""
import ctypes
import os
import select
import sys

HOST, PORT, USER = 0, 1, 4
lib = ctypes.CDLL("libssh.so.4")
for name in ("ssh_new", "ssh_channel_new"):
    getattr(lib, name).restype = ctypes.c_void_p
lib.ssh_get_error.restype = ctypes.c_char_p
lib.ssh_version.restype = ctypes.c_char_p


def check(session, status):
    if status != 0:
        sys.exit("libssh: " + lib.ssh_get_error(session).decode())


def connect(user, host, port, key_file):
    session = ctypes.c_void_p(lib.ssh_new())
    lib.ssh_options_set(session, HOST, host.encode())
    lib.ssh_options_set(session, PORT, ctypes.byref(ctypes.c_uint(port)))
    lib.ssh_options_set(session, USER, user.encode())
    check(session, lib.ssh_connect(session))
    key = ctypes.c_void_p()
    check(session, lib.ssh_pki_import_privkey_file(key_file.encode(), None, None, None, ctypes.byref(key)))
    check(session, lib.ssh_userauth_publickey(session, None, key))
    return session


def copy_output(channel, buffer):
    """Copies what is there, and returns the number of bytes."""
    total = 0
    for descriptor, is_stderr in ((1, 0), (2, 1)):
        count = lib.ssh_channel_read_nonblocking(channel, buffer, len(buffer), is_stderr)
        if count > 0:
            os.write(descriptor, buffer.raw[:count])
            total += count
    return total


def run(session, command):
    channel = ctypes.c_void_p(lib.ssh_channel_new(session))
    check(session, lib.ssh_channel_open_session(channel))
    check(session, lib.ssh_channel_request_exec(channel, command.encode()))
    buffer = ctypes.create_string_buffer(65536)
    inputs = [lib.ssh_get_fd(session), 0]
    while copy_output(channel, buffer) or not lib.ssh_channel_is_eof(channel):
        if 0 in select.select(inputs, [], [], 0.02)[0]:
            data = os.read(0, 65536)
            if data:
                lib.ssh_channel_write(channel, data, len(data))
            else:
                lib.ssh_channel_send_eof(channel)
                inputs.remove(0)
    return lib.ssh_channel_get_exit_status(channel)


if sys.argv[1] == "version":
    print("libssh", lib.ssh_version(0).decode())
else:
    login = sys.argv[1].split("@")
    connection = connect(*login, int(os.environ["CLIENT_PORT"]), os.environ["CLIENT_KEY"])
    sys.exit(run(connection, sys.argv[2]))
