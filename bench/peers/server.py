"""The server of the comparison: nginx with static pages over TLS, with certificates of a throw-away authority."""

import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import time

CONFIGURATION = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  log_format reused $ssl_session_reused;
  gzip off;
  tcp_nodelay on;
  default_type application/json;
  types {{ application/json json; }}
  open_file_cache max=4096 inactive=1h;
  open_file_cache_valid 1h;
  client_body_temp_path {folder}/temporary;
  proxy_temp_path {folder}/temporary;
  fastcgi_temp_path {folder}/temporary;
  uwsgi_temp_path {folder}/temporary;
  scgi_temp_path {folder}/temporary;

  ssl_certificate {folder}/server.pem;
  ssl_certificate_key {folder}/server.key;
  ssl_protocols TLSv1.3;
  ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384;

  root {folder}/site;
  map $arg_cursor $page {{ "" first; "~^[0-9A-Za-z]+$" $arg_cursor; default unknown; }}

  # The API as it is used: connections that stay.
  server {{
    listen 127.0.0.1:{kept} ssl;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
    ssl_session_tickets on;
    include {folder}/locations;
  }}
  # A connection a request: with session tickets, and without any resumption.
  server {{
    listen 127.0.0.1:{resumed} ssl;
    keepalive_timeout 0;
    ssl_session_tickets on;
    access_log {folder}/resumed.log reused;
    include {folder}/locations;
  }}
  server {{
    listen 127.0.0.1:{full} ssl;
    keepalive_timeout 0;
    ssl_session_tickets off;
    ssl_session_cache off;
    access_log {folder}/full.log reused;
    include {folder}/locations;
  }}
}}
"""

LOCATIONS = """
location = /video/v1/assets { try_files /pages/$page.json =404; }
location /video/v1/assets/ { }
"""


def find_nginx(build):
    for place in (shutil.which("nginx"), "/usr/sbin/nginx", build / "nginx/usr/sbin/nginx"):
        if place and os.access(place, os.X_OK):
            return str(place)
    raise SystemExit("peers: nginx is not there")


def make_certificates(folder):
    """ca.pem, and server.pem with server.key for 127.0.0.1 and localhost; ECDSA on P-256."""

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, cwd=folder, stdout=subprocess.DEVNULL,
                       stderr=subprocess.PIPE)

    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Throw-away authority",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth\n"
                                  "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "names", "-out", "server.pem")


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Server:
    """Serves `folder`/site from `start` to `stop`. Ports: `kept`, `resumed`, `full`."""

    def __init__(self, folder, nginx):
        self.folder = pathlib.Path(folder)
        self.nginx = nginx
        self.process = None

    def start(self):
        make_certificates(self.folder)
        (self.folder / "locations").write_text(LOCATIONS)
        for _ in range(5):  # another program may take a free port first
            self.kept, self.resumed, self.full = free_ports(3)
            configuration = self.folder / "nginx.conf"
            # Only root can, and must, name the user that reads the files.
            user = "user root;" if os.geteuid() == 0 else ""
            configuration.write_text(CONFIGURATION.format(
                user=user, folder=self.folder, kept=self.kept, resumed=self.resumed, full=self.full))
            self.process = subprocess.Popen([self.nginx, "-p", str(self.folder), "-e", str(self.folder / "error.log"),
                                             "-c", str(configuration)])
            if self._answers():
                return
            self.stop()
        raise SystemExit("peers: nginx does not start\n" + (self.folder / "error.log").read_text())

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def handshakes(self, name):
        """How many connections of `name` (resumed, full) were resumed and how many were not, so far."""
        lines = (self.folder / f"{name}.log").read_text().split()
        return lines.count("r"), lines.count(".")

    def _answers(self):
        context = ssl.create_default_context(cafile=str(self.folder / "ca.pem"))
        for _ in range(100):
            if self.process.poll() is not None:
                return False
            try:
                with socket.create_connection(("127.0.0.1", self.kept)) as wire:
                    with context.wrap_socket(wire, server_hostname="127.0.0.1"):
                        return True
            except OSError:
                time.sleep(0.05)
        return False
