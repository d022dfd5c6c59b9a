"""What administrators may do with pictures: announce a file, attach it, and arrange what is there."""

from __future__ import annotations

from datetime import datetime

import strawberry

from chassis.errors import InvalidInput, NotFound
from chassis.refusals import mutation
from subgraphs.products import model
from subgraphs.products.errors import ImageRejected, TooManyImages, UploadNotThere
from subgraphs.products.loaders import SCOPES
from subgraphs.products.media import Ticket
from subgraphs.products.schema.context import Info
from subgraphs.products.schema.items import Image, Product


@strawberry.input(description="A file that is about to be sent: a JPEG, PNG or WebP picture of so many bytes.")
class ImageUploadCreateInput:
    """A file as its sender describes it."""

    product_id: strawberry.ID
    file_name: str
    content_type: str
    bytes: int


@strawberry.input(description="The file that was sent becomes a picture of the product.")
class ImageAttachInput:
    """An upload, and what its picture shows, in words."""

    upload_id: strawberry.ID
    product_id: strawberry.ID
    alt_text: str


@strawberry.input(description="What a picture shows, in words, for who cannot see it.")
class ImageUpdateInput:
    """A picture and its words."""

    id: strawberry.ID
    alt_text: str


@strawberry.input(description="All of a product's pictures in the order they shall stand in.")
class ImagesArrangeInput:
    """An order."""

    product_id: strawberry.ID
    image_ids: list[strawberry.ID]


@strawberry.type(description="A header to send along.")
class UploadHeader:
    """A header by name and value."""

    name: str
    value: str


@strawberry.type(description="Where and how to send a file: this request, with the file as its body.")
class ImageUpload:
    """An announced file. Nobody else can send it, and nothing else can be sent."""

    id: strawberry.ID
    url: str
    method: str
    headers: list[UploadHeader]
    expires_at: datetime = strawberry.field(description="When the address stops taking the file.")

    @classmethod
    def of(cls, row: model.Upload, ticket: Ticket) -> ImageUpload:
        """Show an upload."""
        return cls(
            id=strawberry.ID(row.id),
            url=ticket.url,
            method=ticket.method,
            headers=[UploadHeader(name=name, value=value) for name, value in ticket.headers.items()],
            expires_at=row.expires_at,
        )


@strawberry.type(description="The upload: send the file, then attach it.")
class ImageUploadCreateSuccess:
    """A new upload."""

    upload: ImageUpload


@strawberry.type(description="The picture, the last of its product.")
class ImageAttachSuccess:
    """A new picture."""

    image: Image
    product: Product


@strawberry.type(description="The picture as it is now.")
class ImageUpdateSuccess:
    """A described picture."""

    image: Image


@strawberry.type(description="The product with its pictures in their new order.")
class ImagesArrangeSuccess:
    """Arranged pictures."""

    product: Product


@strawberry.type(description="The product without the picture.")
class ImageRemoveSuccess:
    """A picture less."""

    product: Product


@strawberry.type
class Mutation:
    """What can be done with pictures."""

    @mutation(refuses=(NotFound, InvalidInput), requires_scopes=SCOPES, tags=["admin"])
    async def image_upload_create(self, info: Info, input: ImageUploadCreateInput) -> ImageUploadCreateSuccess:
        """Announce a file, and be told where to send it; it becomes a picture once it is attached."""
        upload, ticket = await info.context.pictures.announce(
            input.product_id,
            file_name=input.file_name,
            content_type=input.content_type,
            size_bytes=input.bytes,
            viewer=info.context.viewer,
        )
        return ImageUploadCreateSuccess(upload=ImageUpload.of(upload, ticket))

    @mutation(
        refuses=(UploadNotThere, ImageRejected, TooManyImages, NotFound, InvalidInput),
        requires_scopes=SCOPES,
        tags=["admin"],
    )
    async def image_attach(self, info: Info, input: ImageAttachInput) -> ImageAttachSuccess:
        """Make a picture of a file that was sent. A second time answers the picture that it became."""
        row = await info.context.pictures.attach(
            input.upload_id, input.product_id, alt_text=input.alt_text, viewer=info.context.viewer
        )
        product = await info.context.loaders.product.load(row.product_id)
        assert product is not None, "who keeps the catalogue sees every product"
        return ImageAttachSuccess(image=Image.of(row, info), product=Product.of(product))

    @mutation(refuses=(NotFound, InvalidInput), requires_scopes=SCOPES, tags=["admin"])
    async def image_update(self, info: Info, input: ImageUpdateInput) -> ImageUpdateSuccess:
        """Say anew what a picture shows."""
        row = await info.context.pictures.describe(input.id, alt_text=input.alt_text, viewer=info.context.viewer)
        return ImageUpdateSuccess(image=Image.of(row, info))

    @mutation(refuses=(NotFound, InvalidInput), requires_scopes=SCOPES, tags=["admin"])
    async def images_arrange(self, info: Info, input: ImagesArrangeInput) -> ImagesArrangeSuccess:
        """Put a product's pictures in an order."""
        row = await info.context.pictures.arrange(input.product_id, input.image_ids, viewer=info.context.viewer)
        return ImagesArrangeSuccess(product=Product.of(row))

    @mutation(refuses=(NotFound,), requires_scopes=SCOPES, tags=["admin"])
    async def image_remove(self, info: Info, id: strawberry.ID) -> ImageRemoveSuccess:
        """Take a picture away, with its files."""
        row = await info.context.pictures.remove(id, viewer=info.context.viewer)
        return ImageRemoveSuccess(product=Product.of(row))
