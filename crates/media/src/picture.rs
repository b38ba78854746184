//! Converts an upload to a smaller picture, square or whole, of which only the pixels are kept. The format
//! is detected from the first bytes, never from a name or a claimed type; the size is checked before decoding.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use crate::MediaError;

/// Limits the size of an upload: 8 MiB.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;
/// Limits the width and height of an upload, in pixels.
pub const MAX_SIDE: u32 = 8_000;
/// The width and height of a stored picture, in pixels; a smaller picture is not enlarged.
pub const SIDE: u32 = 400;
/// The longest side of a picture of a post, in pixels; a smaller picture is not enlarged.
pub const POST_SIDE: u32 = 1_600;

/// Limits a decoder's memory: 8,000 × 8,000 pixels of four bytes, and a reserve.
const MAX_ALLOC: u64 = 300 * 1024 * 1024;
/// The quality of stored JPEGs, of 100.
const QUALITY: u8 = 85;

/// An encoded picture.
pub(crate) struct Encoded {
    pub(crate) bytes: Vec<u8>,
    pub(crate) media_type: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Decodes, applies the Exif orientation, crops to the centre, shrinks to at most [`SIDE`], and encodes. An
/// animation keeps its first frame.
pub(crate) fn square(bytes: &[u8]) -> Result<Encoded, MediaError> {
    let image = decode(bytes)?;
    let side = image.width().min(image.height()).min(SIDE);
    encode(image.resize_to_fill(side, side, FilterType::CatmullRom))
}

/// As [`square`], but the whole picture, with sides of at most [`POST_SIDE`].
pub(crate) fn whole(bytes: &[u8]) -> Result<Encoded, MediaError> {
    let image = decode(bytes)?;
    if image.width().max(image.height()) <= POST_SIDE {
        return encode(image);
    }
    encode(image.resize(POST_SIDE, POST_SIDE, FilterType::CatmullRom))
}

/// Encodes a picture with an alpha channel as a PNG, any other as a JPEG.
fn encode(image: DynamicImage) -> Result<Encoded, MediaError> {
    let (width, height) = (image.width(), image.height());
    let mut out = Vec::new();
    let media_type = if image.color().has_alpha() {
        let image = DynamicImage::ImageRgba8(image.into_rgba8());
        image
            .write_to(&mut Cursor::new(&mut out), ImageFormat::Png)
            .map_err(decode_error)?;
        "image/png"
    } else {
        let image = image.into_rgb8();
        JpegEncoder::new_with_quality(&mut out, QUALITY)
            .encode_image(&image)
            .map_err(decode_error)?;
        "image/jpeg"
    };
    Ok(Encoded {
        bytes: out,
        media_type,
        width,
        height,
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
    let mut decoder = reader.into_decoder().map_err(decode_error)?;
    let (width, height) = decoder.dimensions();
    if width > MAX_SIDE || height > MAX_SIDE || decoder.total_bytes() > MAX_ALLOC {
        return Err(MediaError::TooLarge);
    }
    if width == 0 || height == 0 {
        return Err(MediaError::Broken("it has no pixels".to_owned()));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(decode_error)?;
    image.apply_orientation(orientation);
    Ok(image)
}

/// Detects one of the four accepted formats from the first bytes.
fn sniff(bytes: &[u8]) -> Option<ImageFormat> {
    let format = image::guess_format(bytes).ok()?;
    let accepted = [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::WebP,
        ImageFormat::Gif,
    ];
    accepted.contains(&format).then_some(format)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that map_err hands over"
)]
fn decode_error(error: ImageError) -> MediaError {
    match error {
        ImageError::Limits(_) => MediaError::TooLarge,
        ImageError::Decoding(_)
        | ImageError::Encoding(_)
        | ImageError::Parameter(_)
        | ImageError::Unsupported(_)
        | ImageError::IoError(_) => MediaError::Broken(error.to_string()),
    }
}
