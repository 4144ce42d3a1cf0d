"""Galata's own settings; it switches token and XSRF off, so those are tested in jupyterlab_panosc/tests."""

from jupyterlab.galata import configure_jupyter_server

configure_jupyter_server(c)  # noqa: F821
c.ServerApp.allow_root = True  # noqa: F821
c.LabApp.news_url = None  # noqa: F821
