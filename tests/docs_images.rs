//! The pictures of the README are made by the code that is beside them.
