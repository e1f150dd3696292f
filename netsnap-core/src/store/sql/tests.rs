//! What only a SQL store promises.
