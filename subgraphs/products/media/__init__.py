"""Pictures of products as bytes: where they are kept, how they get there, and how they are made safe and small."""

from subgraphs.products.media.pictures import CONTENT_TYPES, Encoded, Encoder, PictureRejected, Size
from subgraphs.products.media.store import (
    Bucket,
    Folder,
    ImageStore,
    Ticket,
    image_key,
    images_prefix,
    refuse_unsafe,
    store_of,
    upload_key,
)
from subgraphs.products.media.tickets import Permit, PermitRejected, Permits

__all__ = [
    "CONTENT_TYPES",
    "Bucket",
    "Encoded",
    "Encoder",
    "Folder",
    "ImageStore",
    "Permit",
    "PermitRejected",
    "Permits",
    "PictureRejected",
    "Size",
    "Ticket",
    "image_key",
    "images_prefix",
    "refuse_unsafe",
    "store_of",
    "upload_key",
]
