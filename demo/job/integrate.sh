#!/bin/bash
# Integrates powder scans that were pulled, and writes ./result/result.{png,json}.
# Takes the folder that is named, else the newest one here that has "silicon" in its name.
set -eu
shopt -s nullglob nocaseglob
folder=${1:-}
if [ -z "$folder" ]; then
  for candidate in *silicon*/; do
    if [ -z "$folder" ] || [ "$candidate" -nt "$folder" ]; then folder=${candidate%/}; fi
  done
fi
if [ -z "$folder" ]; then
  echo "Pull the silicon scans into $PWD first: no folder here has \"silicon\" in its name." >&2
  exit 1
fi
python3 integrate.py "$folder" result
