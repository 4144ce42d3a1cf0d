#!/bin/sh
# Lines for an image of VISA. Its documented image has JupyterLab 2.2 (visa-docs, 2026), which no extension of today works in: this puts JupyterLab
# 4 into an environment of its own, PREFIX, which the image's Jupyter service then starts instead.
# ask: the VISA team of your facility, which unit starts Jupyter and under which base URL (/jupyter/INSTANCE behind VISA's proxy).
# The commands are tested, an instance of VISA is not.
set -eu
: "${PREFIX:=/opt/panosc-jupyter}"
[ -x "$PREFIX/bin/python" ] || python3 -m venv "$PREFIX"
"$PREFIX/bin/python" -m pip install "jupyterlab>=4.4,<5" "jupyterlab-panosc[node]"

# The facility's profile is chosen already; name yours.
mkdir -p "$PREFIX/etc/jupyter"
printf '%s\n' '{"Panosc": {"default_profile": "ill"}}' > "$PREFIX/etc/jupyter/jupyter_panosc_config.json"

# VISA shows Jupyter in an iframe of its own page: Jupyter has to allow that page, and no other.
printf '%s\n' "{\"ServerApp\": {\"tornado_settings\": {\"headers\": {\"Content-Security-Policy\": \"frame-ancestors 'self' ${VISA_ORIGIN:-https://visa.example.org}\"}}}}" \
  > "$PREFIX/etc/jupyter/jupyter_server_config.json"

"$PREFIX/bin/jupyter" labextension list 2>&1 | grep -E "jupyterlab-panosc .*enabled.*OK"
