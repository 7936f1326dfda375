"""SSH client on asyncssh, for GIT_SSH: asyncssh_client.py USER@HOST COMMAND. CLIENT_PORT and CLIENT_KEY name port and key."""
import asyncio
import os
import sys

import asyncssh


async def run(user, host, command):
    async with asyncssh.connect(
            host, int(os.environ["CLIENT_PORT"]), username=user, client_keys=[os.environ["CLIENT_KEY"]],
            known_hosts=None, agent_path=None, config=None) as connection:
        process = await connection.create_process(
            command, encoding=None, stdin=sys.stdin.buffer, stdout=sys.stdout.buffer, stderr=sys.stderr.buffer)
        return (await process.wait()).exit_status


if sys.argv[1] == "version":
    print("asyncssh", asyncssh.__version__)
else:
    try:
        sys.exit(asyncio.run(run(*sys.argv[1].split("@"), sys.argv[2])))
    except asyncssh.Error as error:
        sys.exit("%s: %s" % (type(error).__name__, error))
