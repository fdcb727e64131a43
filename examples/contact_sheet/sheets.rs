//! What is on each sheet.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use image::{RgbImage, imageops};
use laurel::codec;
use laurel::model::ArtworkKind::{self, Backdrop, Logo, Poster, Still};
use laurel::model::{AwardBody, ImageFormat, Language, NamedLook};
use laurel::plan::{self, Showing};
use laurel::render::{Base, Framing, FreshBase, LogoOrder, Painter};
use laurel::request::{OptionsPatch, apply_query};

use super::samples::{self, Samples};

/// One picture: which artwork, asked for how.
pub(crate) struct Tile {
    pub(crate) kind: ArtworkKind,
    pub(crate) sample: usize,
    /// Cut to another ratio before it is asked for.
    pub(crate) ratio: Option<(u32, u32)>,
    pub(crate) query: String,
    pub(crate) ratings: usize,
    pub(crate) award: Option<AwardBody>,
    pub(crate) awkward: bool,
}

/// A page of tiles.
pub(crate) struct Sheet {
    pub(crate) name: &'static str,
    pub(crate) columns: u32,
    /// Width a tile is shown at; 0 leaves it as it is.
    pub(crate) shown: u32,
    pub(crate) ground: [u8; 3],
    pub(crate) tiles: Vec<Tile>,
}

const GAP: u32 = 12;

fn tile(kind: ArtworkKind, sample: usize, query: &str, ratings: usize) -> Tile {
    Tile { kind, sample, ratio: None, query: query.into(), ratings, award: None, awkward: false }
}

fn awarded(tile: Tile, award: AwardBody) -> Tile {
    Tile { award: Some(award), ..tile }
}

/// Pictures of the README, drawn on the demo catalogue's artwork.
pub(crate) fn readme() -> Vec<Sheet> {
    let ground = [24, 25, 29];
    let hero = [
        awarded(tile(Poster, 0, "", 3), AwardBody::Oscar),
        awarded(tile(Poster, 6, "badge_background=t", 3), AwardBody::Emmy),
        tile(Poster, 4, "badge_background=k&label_style=i&badge_shape=p", 3),
        awarded(tile(Poster, 5, "badge_background=n&position=tl", 3), AwardBody::Oscar),
    ];
    let families = [
        awarded(tile(Backdrop, 6, "imageSize=small", 5), AwardBody::Emmy),
        tile(Still, 0, "ratings_limit=2", 2),
        tile(Backdrop, 2, "imageSize=small&position=bl&direction=h&badge_background=t", 5),
        tile(Logo, 2, "ratings_limit=3&badge_background=n", 3),
    ];
    let looks = ["d", "k", "t", "n"].iter().flat_map(|background| {
        ["label_style=o", "label_style=i", "badge_shape=p&label_style=t"]
            .iter()
            .map(move |rest| tile(Poster, 7, &format!("badge_background={background}&{rest}"), 3))
    });
    let sheet = |name, columns, shown, tiles| Sheet { name, columns, shown, ground, tiles };
    vec![
        sheet("readme-hero", 4, 290, hero.into()),
        sheet("readme-families", 2, 580, families.into()),
        sheet("readme-looks", 6, 184, looks.collect()),
    ]
}

fn defaults() -> Vec<Tile> {
    (0..8)
        .map(|n| {
            let award = if n % 2 == 0 { AwardBody::Oscar } else { AwardBody::Emmy };
            awarded(tile(Poster, n, "", 3), award)
        })
        .collect::<Vec<_>>()
}

fn looks() -> Vec<Tile> {
    let mut tiles = Vec::new();
    for background in ["d", "k", "t", "n"] {
        for (n, rest) in [
            "label_style=o",
            "label_style=i",
            "label_style=t",
            "badge_shape=p",
            "badge_shape=p&label_style=i",
            "badge_style=v",
        ]
        .iter()
        .enumerate()
        {
            tiles.push(tile(Poster, n, &format!("badge_background={background}&{rest}"), 3));
        }
    }
    tiles
}

fn counts() -> Vec<Tile> {
    (1..=10)
        .map(|n| {
            let query = format!("ratings_limit={n}");
            awarded(tile(Poster, n, &query, n), AwardBody::Oscar)
        })
        .collect::<Vec<_>>()
}

fn positions() -> Vec<Tile> {
    ["bc", "tc", "l", "r", "tl", "tr", "bl", "br"]
        .iter()
        .enumerate()
        .flat_map(|(n, position)| {
            [
                ("", 5),
                ("&direction=h", 3),
                ("&split=true", 5),
                ("&badge_background=t&badge_style=h&direction=v", 4),
            ]
            .map(|(rest, count)| {
                awarded(
                    tile(
                        Poster,
                        n,
                        &format!("position={position}&ratings_limit={count}{rest}"),
                        count,
                    ),
                    AwardBody::Emmy,
                )
            })
        })
        .collect::<Vec<_>>()
}

fn heights() -> Vec<Tile> {
    ["xs", "s", "m", "l", "xl"]
        .iter()
        .flat_map(|size| {
            [("badge_style=v", 2), ("badge_style=v", 5), ("badge_style=h", 3), ("", 8)].map(
                |(rest, count)| {
                    let query = format!("badge_size={size}&ratings_limit={count}&{rest}");
                    tile(Poster, 0, &query, count)
                },
            )
        })
        .collect::<Vec<_>>()
}

fn sizes() -> Vec<Tile> {
    ["xs", "s", "m", "l", "xl"]
        .iter()
        .flat_map(|size| {
            [
                ("", 3),
                ("&badge_style=h", 3),
                ("&badge_background=n", 6),
                ("&badge_shape=p&badge_background=t", 10),
            ]
            .map(|(rest, count)| {
                tile(
                    Poster,
                    count,
                    &format!("badge_size={size}&ratings_limit={count}{rest}"),
                    count,
                )
            })
        })
        .collect::<Vec<_>>()
}

fn awkward() -> Vec<Tile> {
    (1..=7)
        .map(|n| {
            let query =
                format!("ratings_limit={n}&badge_background={}", ["d", "k", "t", "n"][n % 4]);
            Tile { awkward: true, ..tile(Poster, n, &query, n) }
        })
        .collect::<Vec<_>>()
}

fn wide(kind: ArtworkKind, count: usize) -> Vec<Tile> {
    [
        "",
        "badge_background=t",
        "badge_background=k&label_style=t",
        "badge_background=n",
        "position=bc&badge_background=t",
        "position=l&label_style=i",
        "badge_shape=p&position=br&direction=h",
        "position=bl&badge_style=h",
    ]
    .iter()
    .enumerate()
    .map(move |(n, query)| {
        let limit = format!("ratings_limit={count}&{query}");
        let tile = tile(kind, n, &limit, count);
        if kind == Backdrop { awarded(tile, AwardBody::Oscar) } else { tile }
    })
    .collect::<Vec<_>>()
}

fn logos() -> Vec<Tile> {
    (0..5)
        .flat_map(|n| {
            [("", 0), ("ratings_limit=3", 3), ("ratings_limit=5&badge_background=n&position=tc", 5)]
                .map(|(query, count)| tile(Logo, n, query, count))
        })
        .collect::<Vec<_>>()
}

fn awards() -> Vec<Tile> {
    AwardBody::ALL
        .iter()
        .enumerate()
        .map(|(n, body)| {
            awarded(
                tile(Poster, n, "awards=oscar,emmy,golden_globe,bafta,cannes,venice,berlin", 3),
                *body,
            )
        })
        .collect::<Vec<_>>()
}

fn fits() -> Vec<Tile> {
    ["native", "cover", "pad", "blur"]
        .iter()
        .flat_map(|fit| {
            [(Poster, 4, (1, 1)), (Poster, 0, (5, 3)), (Poster, 3, (1, 2)), (Backdrop, 0, (3, 4))]
                .map(|(kind, n, ratio)| Tile {
                    ratio: Some(ratio),
                    ..tile(kind, n, &format!("fit={fit}"), 3)
                })
        })
        .chain([tile(Poster, 0, "blur=true", 3), tile(Backdrop, 1, "blur=true", 3)])
        .collect::<Vec<_>>()
}

/// Queries beyond ratings, for posters and for wide frames alike.
const BEYOND: [&str; 20] = [
    "info=cert,year,runtime",
    "info=cert,year,runtime&country=DE&badge_shape=p",
    "info=cert,year&country=GB&badge_background=t",
    "info=cert,genre,year&country=BR&badge_background=n",
    "info=cert,year,runtime,genre&info_style=line",
    "info=cert,year,runtime&country=FR&info_style=line&info_position=bl&position=tc",
    "info=cert,year,runtime&info_position=join",
    "info=cert,year,runtime&info_position=join&badge_shape=p&badge_background=t&country=DE",
    "score=number",
    "score=ring",
    "score=bar",
    "score=ring&badge_background=n&score_position=tr",
    "score=number&badge_background=k&info=cert,year&info_position=tr",
    "sash=trending&score=ring",
    "sash=cinema&info=cert,year,runtime&badge_background=k",
    "sash=oscar&score=number&badge_shape=p&info=genre",
    "quality=4k,dv,atmos&info=quality,age&info_position=r",
    "quality=4k,hdr10%2B&info=cert,quality,language,network,status&badge_shape=p",
    "badges=4k,dv&badgePos=right&ratingBarColor=1f6feb&ratingBarOpacity=85",
    "label=Family%20night&fontColor=ffd21f&fontScale=0.8&certsPos=left-bottom&info=cert",
];

fn beyond(kind: ArtworkKind) -> Vec<Tile> {
    let tile = |(n, query): (usize, &&str)| tile(kind, n, query, if kind == Still { 2 } else { 3 });
    BEYOND.iter().enumerate().map(tile).collect()
}

/// Every named look once.
fn named(kind: ArtworkKind) -> Vec<Tile> {
    let tile = |(n, look): (usize, NamedLook)| {
        let award = if n % 2 == 0 { AwardBody::Oscar } else { AwardBody::Cannes };
        let query = format!("look={}", look.name());
        let drawn = tile(kind, [0, 6, 7, 2, 5, 4, 3, 1][n % 8], &query, 10);
        if kind == Still { drawn } else { awarded(drawn, award) }
    };
    NamedLook::ALL.into_iter().enumerate().map(tile).collect()
}

pub(crate) fn all() -> Vec<Sheet> {
    let ground = [96, 98, 104];
    vec![
        Sheet { name: "poster", columns: 4, shown: 0, ground, tiles: defaults() },
        Sheet { name: "poster-tv", columns: 8, shown: 150, ground, tiles: defaults() },
        Sheet { name: "looks", columns: 6, shown: 290, ground, tiles: looks() },
        Sheet { name: "looks-tv", columns: 12, shown: 150, ground, tiles: looks() },
        Sheet { name: "counts", columns: 5, shown: 290, ground, tiles: counts() },
        Sheet { name: "counts-tv", columns: 10, shown: 150, ground, tiles: counts() },
        Sheet { name: "positions", columns: 8, shown: 220, ground, tiles: positions() },
        Sheet { name: "sizes", columns: 4, shown: 290, ground, tiles: sizes() },
        Sheet { name: "heights", columns: 4, shown: 290, ground, tiles: heights() },
        Sheet { name: "awkward", columns: 7, shown: 290, ground, tiles: awkward() },
        Sheet { name: "backdrop", columns: 2, shown: 960, ground, tiles: wide(Backdrop, 5) },
        Sheet { name: "backdrop-tv", columns: 4, shown: 320, ground, tiles: wide(Backdrop, 5) },
        Sheet { name: "episode", columns: 3, shown: 0, ground, tiles: wide(Still, 1) },
        Sheet { name: "logo", columns: 3, shown: 0, ground, tiles: logos() },
        Sheet { name: "awards", columns: 7, shown: 290, ground, tiles: awards() },
        Sheet { name: "named", columns: 4, shown: 0, ground, tiles: named(Poster) },
        Sheet { name: "named-tv", columns: 8, shown: 150, ground, tiles: named(Poster) },
        Sheet { name: "named-backdrop", columns: 2, shown: 960, ground, tiles: named(Backdrop) },
        Sheet { name: "named-episode", columns: 3, shown: 0, ground, tiles: named(Still) },
        Sheet { name: "beyond", columns: 5, shown: 0, ground, tiles: beyond(Poster) },
        Sheet { name: "beyond-tv", columns: 10, shown: 150, ground, tiles: beyond(Poster) },
        Sheet { name: "beyond-backdrop", columns: 3, shown: 960, ground, tiles: beyond(Backdrop) },
        Sheet { name: "beyond-episode", columns: 3, shown: 0, ground, tiles: beyond(Still) },
        Sheet { name: "fits", columns: 4, shown: 400, ground, tiles: fits() },
    ]
}

pub(crate) type Failure = Box<dyn std::error::Error>;

/// Which sample, cut to which ratio, in which frame.
type BaseKey = (usize, Option<(u32, u32)>, Framing);

/// What is made once and drawn on many times.
#[derive(Default)]
pub(crate) struct Desk {
    painter: Painter,
    bases: HashMap<BaseKey, (FreshBase, Base)>,
}

impl Sheet {
    pub(crate) fn draw(&self, samples: &Samples, desk: &mut Desk) -> Result<RgbImage, Failure> {
        let mut pictures = Vec::new();
        for tile in &self.tiles {
            let mut picture = tile.draw(samples, desk, self.ground)?;
            if self.shown > 0 {
                let height = picture.height() * self.shown / picture.width().max(1);
                picture = imageops::resize(
                    &picture,
                    self.shown,
                    height.max(1),
                    imageops::FilterType::Lanczos3,
                );
            }
            pictures.push(picture);
        }
        Ok(lay_out(&pictures, self.columns, self.ground))
    }
}

fn lay_out(pictures: &[RgbImage], columns: u32, ground: [u8; 3]) -> RgbImage {
    let rows: Vec<&[RgbImage]> = pictures.chunks(columns as usize).collect();
    let width_of = |row: &&[RgbImage]| row.iter().map(|p| p.width() + GAP).sum::<u32>() + GAP;
    let height_of =
        |row: &&[RgbImage]| row.iter().map(image::ImageBuffer::height).max().unwrap_or(0) + GAP;
    let width = rows.iter().map(width_of).max().unwrap_or(GAP);
    let height = rows.iter().map(height_of).sum::<u32>() + GAP;
    let mut sheet = RgbImage::from_pixel(width, height, image::Rgb(ground));
    let mut y = GAP;
    for row in &rows {
        let mut x = GAP;
        for picture in *row {
            imageops::replace(&mut sheet, picture, i64::from(x), i64::from(y));
            x += picture.width() + GAP;
        }
        y += height_of(row);
    }
    sheet
}

impl Tile {
    fn draw(
        &self,
        samples: &Samples,
        desk: &mut Desk,
        ground: [u8; 3],
    ) -> Result<RgbImage, Failure> {
        let mut patch = OptionsPatch::default();
        let ignored = apply_query(&mut patch, &self.query);
        assert!(ignored.is_empty(), "{}: {ignored:?}", self.query);
        let options = patch.into_options(self.kind, Language::ENGLISH);
        let layout = plan::built_in(self.kind, &options);
        let ratings = if self.awkward {
            samples::awkward(self.ratings)
        } else {
            samples::ratings(self.ratings)
        };
        let extras = samples::extras(&options, &ratings);
        let award = self.award.filter(|body| options.awards.contains(*body));
        // A tile of a named look has as many as the look takes.
        let most = match options.ratings.limit {
            limit if self.query.starts_with("look=") => usize::from(limit),
            _ => ratings.len(),
        };
        let ratings = ratings.into_iter().take(most).collect();
        let showing = Showing { ratings, award, extras, ..Showing::default() };
        let of_kind = samples.of(self.kind);
        let artwork = &of_kind[self.sample % of_kind.len()];
        if self.kind == ArtworkKind::Logo {
            let order = LogoOrder {
                layout: &layout,
                showing: &showing,
                size: options.image_size,
                format: ImageFormat::Png,
                quality: 85,
            };
            let logo = image::load_from_memory_with_format(
                &desk.painter.logo(artwork, &order)?.bytes,
                image::ImageFormat::Png,
            )?
            .to_rgba8();
            let mut page = image::RgbaImage::from_pixel(
                logo.width(),
                logo.height(),
                image::Rgba([ground[0], ground[1], ground[2], 255]),
            );
            imageops::overlay(&mut page, &logo, 0, 0);
            return Ok(image::DynamicImage::ImageRgba8(page).to_rgb8());
        }
        let framing = Framing {
            kind: self.kind,
            size: options.image_size,
            fit: options.fit,
            blur: options.blur,
            quality: 85,
        };
        let Desk { painter, bases } = desk;
        let key = (self.sample % of_kind.len(), self.ratio, framing);
        let (fresh, base) = match bases.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let fresh = match self.ratio {
                    None => FreshBase::make(artwork, &framing)?,
                    Some(ratio) => FreshBase::make(&cut(artwork, ratio)?, &framing)?,
                };
                let base = fresh.keep(85)?;
                place.insert((fresh, base))
            }
        };
        let planned = plan::plan(&layout, &showing, &fresh.facts, painter);
        let jpeg = painter.jpeg_from_base(base, &planned)?;
        Ok(image::load_from_memory_with_format(&jpeg.bytes, image::ImageFormat::Jpeg)?.to_rgb8())
    }
}

/// The middle of a picture, in another ratio.
fn cut(artwork: &[u8], (across, down): (u32, u32)) -> Result<Vec<u8>, Failure> {
    let picture = codec::decode(artwork, &codec::DecodeOptions::default())?.into_opaque([0; 3]);
    let crop = codec::CropRect::cover((picture.width, picture.height), across, down, (0.5, 0.5));
    let (width, height) = (crop.width as u32, crop.height as u32);
    Ok(codec::encode_jpeg(&codec::crop_resize(&picture, crop, width, height), 92)?)
}

/// A page as a JPEG for the README.
pub(crate) fn jpeg(page: &RgbImage) -> Result<Vec<u8>, Failure> {
    let picture = codec::Rgb::from_raw(page.width(), page.height(), page.as_raw().clone())
        .ok_or("a page is as long as its sides say")?;
    Ok(codec::encode_jpeg(&picture, 88)?)
}
