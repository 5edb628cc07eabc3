//! Sorting without code of its own for each type.

use std::cmp::Ordering;

/// The items in the order of `compare`; equal ones stay in theirs. What sorts only knows positions, so it is compiled once.
pub(crate) fn sorted_by<T>(items: Vec<T>, compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let mut items: Vec<_> = items.into_iter().map(Some).collect();
    let order = order(items.len(), &|one, other| {
        let [one, other] = [one, other].map(|at| items.get(at).and_then(Option::as_ref));
        one.zip(other).map_or(Ordering::Equal, |(one, other)| compare(one, other))
    });
    order.into_iter().filter_map(|at| items.get_mut(at)?.take()).collect()
}

fn order(len: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<_> = (0..len).collect();
    order.sort_by(|one, other| compare(*one, *other));
    order
}
