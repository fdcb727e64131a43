use super::*;

#[test]
fn every_row_stands_where_its_budget_is_looked_up() {
    for (index, row) in TABLE.iter().enumerate() {
        assert_eq!(row.budget as usize, index, "{}", row.name);
        assert_eq!(row.budget.name(), row.name);
    }
}

#[test]
fn caches_take_the_setting_and_no_more() {
    let caches = [Budget::Answers, Budget::PictureCache, Budget::BaseCache, Budget::RecentArtwork];
    for mib in [1, 32, 256, 4096] {
        let budgets = Budgets::of(mib * MIB);
        let sum: usize = caches.iter().map(|budget| budgets[*budget]).sum();
        assert!(sum as u64 <= mib * MIB, "{mib}: {sum}");
        assert!(sum as u64 > mib * MIB * 3 / 4, "{mib}: {sum}");
    }
}

#[test]
fn whatever_the_setting_the_largest_thing_fits() {
    for mib in [1, 32, 256, 1 << 20] {
        let budgets = Budgets::of(mib * MIB);
        assert!(budgets[Budget::Artwork] > budgets[Budget::LargeArtwork] + (16 << 20));
        assert!(budgets[Budget::Pixels] >= MAX_RENDER_BYTES);
        assert!(budgets[Budget::DiskQueue] > MAX_FILE_BYTES);
        assert!(budgets[Budget::Connections] >= 256);
    }
}
