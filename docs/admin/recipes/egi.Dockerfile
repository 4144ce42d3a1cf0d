# Lines for an image of EGI Notebooks, whose images hold JupyterLab 4.6 in /opt/conda (github.com/EGI-Federation/egi-notebooks-images, June 2026).
# The image panosc of 2023 is on Python 3.9 for Onedata's library; it works there, too, with JupyterLab 4.4 or newer.
# ask: EGI Notebooks, which image your VO's sessions start from.  The RUN lines are tested, the base image is not.
ARG BASE
FROM ${BASE}

# Node comes with the extra; no compiler, no build, nothing to start.
RUN pip install --no-cache-dir "jupyterlab-panosc[node]"

# Homes are new to each image, so the site's choices belong into the environment.
RUN mkdir -p "${PREFIX:-/opt/conda}/etc/jupyter" && printf '%s\n' '{"Panosc": {"default_profile": "egi"}}' > "${PREFIX:-/opt/conda}/etc/jupyter/jupyter_panosc_config.json"

# The build fails where JupyterLab does not take it.
RUN jupyter labextension list 2>&1 | grep -E "jupyterlab-panosc .*enabled.*OK"
