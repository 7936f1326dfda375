// SSH client on npm's ssh2, for GIT_SSH: ssh2_client.js USER@HOST COMMAND. CLIENT_PORT and CLIENT_KEY name port and key.
'use strict';
const fs = require('fs');
const { Client } = require('ssh2');

function fail(error) {
  console.error(error.message);
  process.exit(255);
}

function run(client, command) {
  client.exec(command, (error, channel) => {
    if (error) {
      fail(error);
    }
    channel.on('exit', (status) => { process.exitCode = status; });
    channel.on('close', () => {
      process.stdin.destroy();
      client.end();
    });
    process.stdin.pipe(channel);
    channel.pipe(process.stdout);
    channel.stderr.pipe(process.stderr);
  });
}

if (process.argv[2] === 'version') {
  console.log('ssh2 ' + require('ssh2/package.json').version);
} else {
  const [username, host] = process.argv[2].split('@');
  const client = new Client();
  client.on('ready', () => run(client, process.argv[3]));
  client.on('error', fail);
  client.connect({
    host,
    port: Number(process.env.CLIENT_PORT),
    username,
    privateKey: fs.readFileSync(process.env.CLIENT_KEY),
  });
}
