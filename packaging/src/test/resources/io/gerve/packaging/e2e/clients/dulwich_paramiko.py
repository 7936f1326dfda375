"""Git client on dulwich and paramiko: dulwich_paramiko.py version | list|clone|push|fetch URL FOLDER KEY BRANCH."""
import logging
import sys

import dulwich
import paramiko
from dulwich import client, porcelain
from dulwich.contrib.paramiko_vendor import ParamikoSSHVendor
from dulwich.errors import GitProtocolError

logging.getLogger("paramiko").setLevel(logging.CRITICAL)


class Vendor(ParamikoSSHVendor):
    def run_command(self, host, command, **settings):
        return super().run_command(
            host, command, username=settings["username"], port=settings["port"],
            key_filename=sys.argv[4], allow_agent=False, look_for_keys=False)


def run(operation, url, folder, key, branch):
    client.get_ssh_vendor = Vendor
    if operation == "list":
        print(sorted(porcelain.ls_remote(url)))
    elif operation == "clone":
        porcelain.clone(url, folder, checkout=True)
    elif operation == "push":
        porcelain.push(folder, url, "refs/heads/main:refs/heads/" + branch)
    else:
        porcelain.fetch(folder, "origin")


if sys.argv[1] == "version":
    print("dulwich", ".".join(map(str, dulwich.__version__)), "paramiko", paramiko.__version__)
else:
    try:
        run(*sys.argv[1:])
    except (GitProtocolError, paramiko.SSHException, porcelain.Error) as error:
        raise SystemExit(str(error))
