//! Tests which pictures are stored and refused, and what is stored.

use std::io::Cursor;
use std::path::PathBuf;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, RgbaImage};

use super::*;

/// A folder that is removed after the test.
struct TempFolder(PathBuf);

impl TempFolder {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("hedgerow-media-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Vec::new();
    image
        .write_to(&mut Cursor::new(&mut out), format)
        .expect("encode");
    out
}

/// Builds a picture with a red left and a blue right half.
fn halves(width: u32, height: u32) -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, _| {
        if x < width / 2 {
            Rgb([200, 0, 0])
        } else {
            Rgb([0, 0, 200])
        }
    }))
}

async fn store(media: &Media, bytes: Vec<u8>) -> Result<Blob, MediaError> {
    let now = Time::from_unix_millis(1_800_000_000_000);
    media.store_picture(bytes.into(), now, BlobId(7)).await
}

#[tokio::test]
async fn a_picture_becomes_a_small_square() {
    let folder = TempFolder::new("square");
    let media = Media::open(&folder.0).expect("open");
    for format in [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::WebP,
        ImageFormat::Gif,
    ] {
        let blob = store(&media, encoded(&halves(900, 500), format))
            .await
            .expect("taken");
        assert_eq!((blob.width, blob.height, blob.id), (400, 400, BlobId(7)));
        let bytes = media.read(&blob.digest).await.expect("kept");
        assert_eq!(i64::try_from(bytes.len()).unwrap(), blob.bytes);
        let image = image::load_from_memory(&bytes)
            .expect("a picture")
            .to_rgb8();
        assert!(image.get_pixel(20, 200)[0] > 150 && image.get_pixel(380, 200)[2] > 150);
        // GIF has a transparent colour, so it may become a PNG.
        let jpeg = blob.media_type == "image/jpeg";
        assert!(
            jpeg || format == ImageFormat::Gif,
            "{format:?}: {}",
            blob.media_type
        );
    }
}

#[tokio::test]
async fn a_small_or_transparent_picture_stays_so() {
    let folder = TempFolder::new("small");
    let media = Media::open(&folder.0).expect("open");
    let clear = DynamicImage::ImageRgba8(RgbaImage::new(60, 90));
    let blob = store(&media, encoded(&clear, ImageFormat::Png))
        .await
        .expect("taken");
    assert_eq!((blob.width, blob.media_type.as_str()), (60, "image/png"));
    let again = store(&media, encoded(&clear, ImageFormat::WebP))
        .await
        .expect("taken");
    assert_eq!(again.digest, blob.digest, "the same pixels are kept once");
}

#[tokio::test]
async fn metadata_is_removed_and_the_orientation_applied() {
    let folder = TempFolder::new("exif");
    let media = Media::open(&folder.0).expect("open");
    // Exif that says "turn by 180 degrees", and where the picture was taken.
    let exif =
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x03\0\0\0\0\0\0\0GPS: 45.5 N";
    let plain = encoded(&halves(400, 400), ImageFormat::Jpeg);
    let mut bytes = plain[..2].to_vec();
    bytes.extend([0xff, 0xe1]);
    bytes.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
    bytes.extend(exif);
    bytes.extend(&plain[2..]);
    let blob = store(&media, bytes).await.expect("taken");
    let bytes = media.read(&blob.digest).await.expect("kept");
    assert!(!bytes.windows(3).any(|w| w == b"GPS"));
    let image = image::load_from_memory(&bytes)
        .expect("a picture")
        .to_rgb8();
    assert!(image.get_pixel(20, 200)[2] > 150, "turned");
}

#[tokio::test]
async fn other_files_and_large_pictures_are_refused() {
    let folder = TempFolder::new("refused");
    let media = Media::open(&folder.0).expect("open");
    let refused = |bytes: Vec<u8>| async { store(&media, bytes).await.expect_err("refused") };
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec();
    assert!(matches!(refused(svg).await, MediaError::NotAPicture));
    assert!(matches!(refused(Vec::new()).await, MediaError::NotAPicture));
    assert!(matches!(
        refused(vec![0; MAX_BYTES + 1]).await,
        MediaError::TooLarge
    ));
    let wide = encoded(&DynamicImage::new_luma8(MAX_SIDE + 1, 1), ImageFormat::Png);
    assert!(matches!(refused(wide).await, MediaError::TooLarge));
    let mut cut = encoded(&halves(300, 300), ImageFormat::Png);
    cut.truncate(120);
    assert!(matches!(refused(cut).await, MediaError::Broken(_)));
}

/// A few bytes that claim 60,000 × 60,000 pixels allocate no memory.
#[tokio::test]
async fn a_decompression_bomb_is_refused_before_decoding() {
    let folder = TempFolder::new("bomb");
    let media = Media::open(&folder.0).expect("open");
    let mut gif = b"GIF89a".to_vec();
    gif.extend(60_000_u16.to_le_bytes());
    gif.extend(60_000_u16.to_le_bytes());
    gif.extend([0xf0, 0, 0, 0, 0, 0, 255, 255, 255]);
    gif.extend([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b]);
    let refused = store(&media, gif).await.expect_err("refused");
    assert!(matches!(refused, MediaError::TooLarge), "{refused:?}");
}

#[tokio::test]
async fn only_digests_name_blobs() {
    let folder = TempFolder::new("names");
    let media = Media::open(&folder.0).expect("open");
    std::fs::write(folder.0.join("secret"), "x").unwrap();
    for name in ["secret", "../secret", "", &"a".repeat(64)] {
        let missing = media.read(name).await.expect_err("nothing there");
        assert!(matches!(missing, MediaError::NotFound), "{name}: {missing}");
    }
}

#[tokio::test]
async fn a_picture_of_a_post_is_not_cropped_and_its_long_side_is_limited() {
    let folder = TempFolder::new("whole");
    let media = Media::open(&folder.0).expect("open");
    let png = |image: &DynamicImage| encoded(image, ImageFormat::Png).into();
    let file = media.store_post_picture(png(&halves(2_400, 1_200))).await;
    let file = file.expect("taken");
    assert_eq!((file.width, file.height), (1_600, 800));
    let small = media.store_post_picture(png(&halves(90, 30))).await;
    let small = small.expect("taken");
    assert_eq!((small.width, small.height), (90, 30), "not enlarged");
}

#[tokio::test]
async fn a_file_is_deleted_unless_it_was_stored_again() {
    let folder = TempFolder::new("delete");
    let media = Media::open(&folder.0).expect("open");
    let file = media.store_post_picture(encoded(&halves(9, 3), ImageFormat::Png).into());
    let digest = file.await.expect("taken").digest;
    let (past, future) = (
        Time::from_unix_millis(0),
        Time::from_unix_millis(4_000_000_000_000),
    );
    assert!(media.stored_before(past).await.unwrap().is_empty());
    let stored = media.stored_before(future).await.unwrap();
    assert_eq!(stored.first(), Some(&digest));
    media.delete(&digest, past).await.unwrap();
    assert!(media.read(&digest).await.is_ok());
    media.delete(&digest, future).await.unwrap();
    assert!(matches!(
        media.read(&digest).await,
        Err(MediaError::NotFound)
    ));
    media
        .delete(&digest, future)
        .await
        .expect("it is gone already");
}
