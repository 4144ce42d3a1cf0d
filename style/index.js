// Nothing at boot: each stylesheet comes with the code that uses it, which saves a request and the CSS runtime.
