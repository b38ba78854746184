//! From whatever somebody uploaded to a small square picture: only the pixels survive. Its kind is
//! known by its first bytes, never by its name or the type claimed; its size is checked before a
//! single pixel is decoded.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use crate::MediaError;

/// Largest file taken: 8 MiB.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;
/// Largest width and height taken, in pixels.
pub const MAX_SIDE: u32 = 8_000;
/// Width and height of what is kept, in pixels; a smaller picture is not made larger.
pub const SIDE: u32 = 400;

/// Most memory a decoder may ask for: 8,000 × 8,000 pixels of four bytes, and some room.
const MAX_ALLOC: u64 = 300 * 1024 * 1024;
/// Quality of the JPEGs we write, of 100.
const QUALITY: u8 = 85;

/// A picture made safe.
pub(crate) struct Square {
    pub(crate) bytes: Vec<u8>,
    pub(crate) media_type: &'static str,
    pub(crate) side: u32,
}

/// Decodes, turns upright, crops to the middle, shrinks, and encodes anew. A moving picture keeps
/// its first frame. What may be transparent becomes a PNG, everything else a JPEG.
pub(crate) fn square(bytes: &[u8]) -> Result<Square, MediaError> {
    let image = decode(bytes)?;
    let side = image.width().min(image.height()).min(SIDE);
    let image = image.resize_to_fill(side, side, FilterType::CatmullRom);
    let mut out = Vec::new();
    let media_type = if image.color().has_alpha() {
        let image = DynamicImage::ImageRgba8(image.into_rgba8());
        image
            .write_to(&mut Cursor::new(&mut out), ImageFormat::Png)
            .map_err(broken)?;
        "image/png"
    } else {
        let image = image.into_rgb8();
        JpegEncoder::new_with_quality(&mut out, QUALITY)
            .encode_image(&image)
            .map_err(broken)?;
        "image/jpeg"
    };
    Ok(Square {
        bytes: out,
        media_type,
        side,
    })
}

fn decode(bytes: &[u8]) -> Result<DynamicImage, MediaError> {
    let format = sniff(bytes).ok_or(MediaError::NotAPicture)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_ALLOC);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    if width > MAX_SIDE || height > MAX_SIDE || decoder.total_bytes() > MAX_ALLOC {
        return Err(MediaError::TooLarge);
    }
    if width == 0 || height == 0 {
        return Err(MediaError::Broken("it has no pixels".to_owned()));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(broken)?;
    image.apply_orientation(orientation);
    Ok(image)
}

/// One of the four kinds taken, by the first bytes.
fn sniff(bytes: &[u8]) -> Option<ImageFormat> {
    let format = image::guess_format(bytes).ok()?;
    let taken = [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::WebP,
        ImageFormat::Gif,
    ];
    taken.contains(&format).then_some(format)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that map_err hands over"
)]
fn broken(error: ImageError) -> MediaError {
    match error {
        ImageError::Limits(_) => MediaError::TooLarge,
        ImageError::Decoding(_)
        | ImageError::Encoding(_)
        | ImageError::Parameter(_)
        | ImageError::Unsupported(_)
        | ImageError::IoError(_) => MediaError::Broken(error.to_string()),
    }
}
