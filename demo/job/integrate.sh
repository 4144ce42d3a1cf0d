#!/bin/bash
# Integrates the silicon scans that were pulled into ./silicon; writes ./result/result.{png,json}.
set -eu
python3 integrate.py silicon result
