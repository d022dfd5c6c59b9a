from datetime import datetime
from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class AnnounceImage(BaseModel):
    image_upload_create: Optional[
        Annotated[
            Union[
                "AnnounceImageImageUploadCreateImageUploadCreateSuccess",
                "AnnounceImageImageUploadCreateInvalidInput",
                "AnnounceImageImageUploadCreateNotFound",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="imageUploadCreate")


class AnnounceImageImageUploadCreateImageUploadCreateSuccess(BaseModel):
    typename__: Literal["ImageUploadCreateSuccess"] = Field(alias="__typename")
    upload: "AnnounceImageImageUploadCreateImageUploadCreateSuccessUpload"


class AnnounceImageImageUploadCreateImageUploadCreateSuccessUpload(BaseModel):
    id: str
    url: str
    method: str
    headers: list["AnnounceImageImageUploadCreateImageUploadCreateSuccessUploadHeaders"]
    expires_at: datetime = Field(alias="expiresAt")


class AnnounceImageImageUploadCreateImageUploadCreateSuccessUploadHeaders(BaseModel):
    name: str
    value: str


class AnnounceImageImageUploadCreateInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class AnnounceImageImageUploadCreateNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


AnnounceImage.model_rebuild()
AnnounceImageImageUploadCreateImageUploadCreateSuccess.model_rebuild()
AnnounceImageImageUploadCreateImageUploadCreateSuccessUpload.model_rebuild()
