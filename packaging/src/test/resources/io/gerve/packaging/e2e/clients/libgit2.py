"""Git client on libgit2 and libssh2: libgit2.py version | list|clone|push|fetch URL FOLDER KEY BRANCH."""
import sys
import tempfile

import pygit2


class Callbacks(pygit2.RemoteCallbacks):
    def __init__(self, key):
        super().__init__()
        self.key = key

    def credentials(self, url, user, allowed):
        return pygit2.Keypair("git", self.key + ".pub", self.key, "")

    def certificate_check(self, certificate, valid, host):
        return True

    def push_update_reference(self, ref, message):
        if message:
            raise SystemExit(message)


def run(operation, url, folder, key, branch):
    callbacks = Callbacks(key)
    if operation == "list":
        with tempfile.TemporaryDirectory() as empty:
            pygit2.init_repository(empty).remotes.create("origin", url).fetch(callbacks=callbacks)
    elif operation == "clone":
        pygit2.clone_repository(url, folder, callbacks=callbacks)
    elif operation == "push":
        pygit2.Repository(folder).remotes["origin"].push(
            ["refs/heads/main:refs/heads/" + branch], callbacks=callbacks)
    else:
        pygit2.Repository(folder).remotes["origin"].fetch(callbacks=callbacks)


if sys.argv[1] == "version":
    print("libgit2", pygit2.LIBGIT2_VERSION)
else:
    try:
        run(*sys.argv[1:])
    except pygit2.GitError as error:
        raise SystemExit(str(error))
