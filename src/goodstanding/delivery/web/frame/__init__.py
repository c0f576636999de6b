"""The shared frame of all pages: environment, middleware, layout, macros and style."""
