//! An idpstore on etcd.
