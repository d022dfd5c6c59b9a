"""Pictures of products: announced, sent to the store by the browser itself, then checked, made anew and attached.

    announce → (the browser sends the file) → attach → arrange, describe, remove

No transaction is open while the store is asked or a picture encoded. Every file in the store either belongs to a row
here, or lies where `sweep` finds it by one: a process may die between any two steps.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import Clock, now
from chassis.database import Database
from chassis.errors import InvalidInput, NotFound
from chassis.outbox import announce
from chassis.quoting import quoted
from chassis.viewer import Viewer
from subgraphs.products import store
from subgraphs.products.errors import ImageRejected, TooManyImages, UploadNotThere
from subgraphs.products.events import updated
from subgraphs.products.loaders import SCOPE
from subgraphs.products.media import (
    CONTENT_TYPES,
    Encoded,
    Encoder,
    ImageStore,
    PictureRejected,
    Ticket,
    image_key,
    images_prefix,
    upload_key,
)
from subgraphs.products.model import ATTACH_FOR, IMAGES_MAX, Image, Product, Upload, checked_alt_text
from subgraphs.products.shelf import SHELF, Shelf, product_tag

# Rows looked at in one sweep.
SWEPT_MAX = 200


class Pictures:
    """What may be done with the pictures of products."""

    def __init__(
        self,
        database: Database,
        shelf: Shelf,
        images: ImageStore,
        encoder: Encoder,
        *,
        bytes_max: int,
        clock: Clock = now,
    ) -> None:
        self.database = database
        self.shelf = shelf
        self.images = images
        self.encoder = encoder
        self.bytes_max = bytes_max
        self.clock = clock

    def url(self, id: str, width: int) -> str:
        """Where a browser reads one size of a picture."""
        return self.images.url(image_key(id, width))

    async def announce(
        self, product_id: str, *, file_name: str, content_type: str, size_bytes: int, viewer: Viewer
    ) -> tuple[Upload, Ticket]:
        """Say that a file of so many bytes will be sent, and be told where to.

        Raises NotFound for the product, InvalidInput, and Unavailable when the store cannot be asked.
        """
        viewer.require_scope(SCOPE)
        upload = Upload.announce(
            product_id=product_id,
            file_name=file_name,
            content_type=content_type,
            size_bytes=size_bytes,
            types=tuple(CONTENT_TYPES),
            bytes_max=self.bytes_max,
            now=self.clock(),
        )
        async with self.database.transaction() as session:
            await self._product(session, product_id)
            session.add(upload)
        ticket = await self.images.ticket(upload.id, content_type, size_bytes, expires_at=upload.expires_at)
        return upload, ticket

    async def attach(self, upload_id: str, product_id: str, *, alt_text: str, viewer: Viewer) -> Image:
        """Make a picture of a file that was sent; a second time answers the picture that it became.

        Raises NotFound, UploadNotThere, ImageRejected, TooManyImages, InvalidInput, and Unavailable.
        """
        viewer.require_scope(SCOPE)
        words = checked_alt_text(alt_text)
        async with self.database.reading() as session:
            upload = await store.upload_by_id(session, upload_id)
            self._expect(upload, product_id)
            assert upload is not None, "expected above"
            if upload.attached_at is None and len(await store.images_for_update(session, product_id)) >= IMAGES_MAX:
                raise TooManyImages(IMAGES_MAX)
        if upload.attached_at is None:
            encoded = await self._encode(upload)
            for size in encoded.sizes:
                await self.images.put(image_key(upload.id, size.width), size.body)
            return await self._keep(upload.id, product_id, words, encoded)
        return await self._attached(upload.id)

    async def _encode(self, upload: Upload) -> Encoded:
        body = await self.images.fetch(upload_key(upload.id), bytes_max=upload.size_bytes)
        if body is None:
            raise UploadNotThere("The file has not arrived: send it first.")
        if len(body) != upload.size_bytes:
            raise ImageRejected(f"The file does not have the {upload.size_bytes} bytes that were announced.")
        try:
            return await self.encoder.encode(body, upload.content_type)
        except PictureRejected as rejected:
            raise ImageRejected(str(rejected)) from rejected

    async def _keep(self, id: str, product_id: str, alt_text: str, encoded: Encoded) -> Image:
        moment = self.clock()
        async with self.database.transaction() as session:
            product = await self._product(session, product_id)
            upload = await store.upload_for_update(session, id)
            # Somebody may have been quicker, with this file or with others.
            self._expect(upload, product_id)
            assert upload is not None, "expected above"
            existing = await store.images_for_update(session, product_id)
            same = next((image for image in existing if image.id == id), None)
            if same is not None:
                return same
            if len(existing) >= IMAGES_MAX:
                raise TooManyImages(IMAGES_MAX)
            image = Image(
                id=id,
                product_id=product_id,
                alt_text=alt_text,
                position=existing[-1].position + 1 if existing else 0,
                width=encoded.width,
                height=encoded.height,
                sizes=[{"width": size.width, "height": size.height, "bytes": len(size.body)} for size in encoded.sizes],
                created_at=moment,
            )
            await store.add_image(session, image)
            await store.attach(session, upload, moment=moment)
            await store.discard(session, upload_key(id), moment=moment)
            await self._tell(session, product)
        await self.shelf.settled()
        return image

    async def _attached(self, id: str) -> Image:
        async with self.database.transaction() as session:
            image = await store.image_for_update(session, id)
        if image is None:
            raise NotFound(
                "The picture this file became was removed: send the file again.", field=("input", "uploadId")
            )
        return image

    async def describe(self, id: str, *, alt_text: str, viewer: Viewer) -> Image:
        """Say anew what a picture shows. Raises NotFound, InvalidInput."""
        viewer.require_scope(SCOPE)
        words = checked_alt_text(alt_text)
        async with self.database.transaction() as session:
            image, product = await self._image(session, id)
            image.alt_text = words
            await self._tell(session, product)
        await self.shelf.settled()
        return image

    async def arrange(self, product_id: str, ids: Sequence[str], *, viewer: Viewer) -> Product:
        """Put a product's pictures in this order; all of them must be named. Raises NotFound, InvalidInput."""
        viewer.require_scope(SCOPE)
        async with self.database.transaction() as session:
            product = await self._product(session, product_id)
            images = {image.id: image for image in await store.images_for_update(session, product_id)}
            if len(ids) != len(images) or set(ids) != set(images):
                raise InvalidInput(
                    f"Name each of the product's {len(images)} pictures once, in the order they shall stand in.",
                    field=("input", "imageIds"),
                )
            for position, id in enumerate(ids):
                images[id].position = position
            await self._tell(session, product)
        await self.shelf.settled()
        return product

    async def remove(self, id: str, *, viewer: Viewer) -> Product:
        """Take a picture away; its files follow. Raises NotFound."""
        viewer.require_scope(SCOPE)
        async with self.database.transaction() as session:
            image, product = await self._image(session, id)
            await session.delete(image)
            await store.discard(session, images_prefix(id), moment=self.clock())
            await self._tell(session, product)
        await self.shelf.settled()
        return product

    async def sweep(self) -> int:
        """Remove from the store what became nothing: files sent and never attached, and what was discarded.

        Answers how many removals were due, of one file or of all below a prefix.
        """
        moment = self.clock()
        async with self.database.reading() as session:
            late = await store.expired_uploads(session, before=moment - ATTACH_FOR, limit=SWEPT_MAX)
        for id in late:
            async with self.database.transaction() as session:
                if await store.forget_upload(session, id):
                    # Sizes may lie there too: of a process that died before it could attach them.
                    await store.discard(session, upload_key(id), images_prefix(id), moment=moment)
        async with self.database.reading() as session:
            prefixes = await store.discarded(session, limit=SWEPT_MAX)
        for prefix in prefixes:
            await self.images.remove(prefix)
            async with self.database.transaction() as session:
                await store.forget_discarded(session, prefix)
        return len(prefixes)

    def _expect(self, upload: Upload | None, product_id: str) -> None:
        if upload is None or upload.product_id != product_id:
            raise NotFound("There is no such upload of this product.", field=("input", "uploadId"))
        if upload.attached_at is None and not upload.may_be_attached(self.clock()):
            raise UploadNotThere("The upload has expired: announce the file again.")

    async def _product(self, session: AsyncSession, id: str) -> Product:
        product = await store.product_for_update(session, id)
        if product is None:
            raise NotFound(f"There is no product {quoted(id)}.", field=("input", "productId"))
        return product

    async def _image(self, session: AsyncSession, id: str) -> tuple[Image, Product]:
        """A picture and its product. The product is locked first, as everywhere, so that none waits for the other."""
        missing = NotFound(f"There is no picture {quoted(id)}.", field=("input", "id"))
        found = await store.image_owner(session, id)
        product = None if found is None else await store.product_for_update(session, found)
        image = None if product is None else await store.image_for_update(session, id)
        if product is None or image is None:
            raise missing
        return image, product

    async def _tell(self, session: AsyncSession, product: Product) -> None:
        variants = await store.all_variants(session, product.id)
        await announce(session, updated(product, variants), clock=self.clock)
        self.shelf.changing(session, product_tag(product.id), SHELF)
